#pragma once

#include <cstdint>
#include <optional>
#include <simdjson.h>

namespace penstock::openai {

/// The largest count that is believed, of tokens or of anything else: sums and products of such
/// counts stay far from the end of 64 bits.
inline constexpr std::uint64_t kMaxCount = std::uint64_t{1} << 40;

/// A JSON number that is whole and from 0 to kMaxCount; 3.0 is one too, since some clients write
/// integers so. nullopt: anything else.
std::optional<std::uint64_t> whole_number(simdjson::dom::element element) noexcept;

}  // namespace penstock::openai
