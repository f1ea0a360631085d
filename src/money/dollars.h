#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::money {

// US dollars as integers, so that sums are exact and the same everywhere.

/// Amounts: 1,000,000,000 are a dollar.
using Nanodollars = std::uint64_t;
/// What one token costs: 1,000,000 are a dollar for a million tokens. A nanodollar is too much for
/// a cached token of a small model.
using Picodollars = std::uint64_t;

/// A million dollars. No amount is larger: a limit cannot be (limits/limit.h), and no request is
/// taken to cost more.
inline constexpr Nanodollars kMostNanodollars = 1'000'000'000'000'000;
/// $10,000 for a million tokens.
inline constexpr Picodollars kMostPicodollars = 10'000'000'000;

/// "12.50", with at most nine digits behind the point (config/decimal.h). nullopt: it is no such
/// number, or over kMostNanodollars.
std::optional<Nanodollars> parse_dollars(std::string_view text);
/// Dollars for a million tokens, with at most six digits behind the point. nullopt: it is no such
/// number, or over kMostPicodollars.
std::optional<Picodollars> parse_price(std::string_view text);

/// For people: "$12.50", "$0.000012"; at least two digits behind the point, and all that are not 0.
std::string to_text(Nanodollars amount);

}  // namespace penstock::money
