#pragma once

#include <cstddef>
#include <memory>
#include <simdjson.h>

namespace penstock::json {

/// Parsers that are out of work, kept for each thread, because a new one costs several large
/// allocations. At most kMaxIdleParsers are kept, and none that grew beyond kMaxIdleCapacity: one
/// huge body must not hold its memory for good.
inline constexpr std::size_t kMaxIdleParsers = 8;
inline constexpr std::size_t kMaxIdleCapacity = std::size_t{1} << 20;

/// A parser with room for a text of that size and a depth limit of kMaxDepth. nullptr: no memory.
std::unique_ptr<simdjson::dom::parser> take_parser(std::size_t text_size);

/// Gives a parser of take_parser back, on the thread that took it. nullptr is allowed.
void give_back_parser(std::unique_ptr<simdjson::dom::parser> parser) noexcept;

/// How many parsers wait on this thread.
std::size_t idle_parsers() noexcept;

}  // namespace penstock::json
