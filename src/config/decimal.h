#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::config {

/// A decimal number as people write amounts, `12`, `0.5` or `2.50`, in units of its last place:
/// with three places 2.5 is 2500. Read digit by digit, so nothing is rounded. nullopt: there is
/// another character in it, a sign or an exponent too, nothing on one side of the point, a zero too
/// many at its front, more digits behind the point than places, or 64 bits do not hold it.
std::optional<std::uint64_t> parse_decimal(std::string_view text, unsigned places);

}  // namespace penstock::config
