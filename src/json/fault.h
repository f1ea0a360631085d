#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace penstock::json {

/// What makes a text no JSON by our rules, and the byte where it shows.
struct Fault {
  std::size_t at = 0;
  std::string_view what;  // "expected a value"; a literal
};

/// Reads a text once more, slowly, to tell a user where it is wrong: simdjson says what, but not
/// where. Same rules as Document::parse; nullopt when nothing is found, which is also the case for
/// a few numbers whose range cannot be told cheaply. Linear time, no allocation, no recursion.
std::optional<Fault> find_fault(std::string_view text);

}  // namespace penstock::json
