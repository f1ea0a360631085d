#include "money/dollars.h"

#include "config/decimal.h"

namespace penstock::money {

namespace {

constexpr unsigned kPlacesOfAmount = 9;
constexpr unsigned kPlacesOfPrice = 6;
constexpr Nanodollars kDollar = 1'000'000'000;

std::optional<std::uint64_t> parse(std::string_view text, unsigned places, std::uint64_t most) {
  const auto value = config::parse_decimal(text, places);
  return value && *value <= most ? value : std::nullopt;
}

}  // namespace

std::optional<Nanodollars> parse_dollars(std::string_view text) {
  return parse(text, kPlacesOfAmount, kMostNanodollars);
}

std::optional<Picodollars> parse_price(std::string_view text) {
  return parse(text, kPlacesOfPrice, kMostPicodollars);
}

std::string to_text(Nanodollars amount) {
  std::string cents = std::to_string(amount % kDollar);
  cents.insert(0, kPlacesOfAmount - cents.size(), '0');
  while (cents.size() > 2 && cents.back() == '0') cents.pop_back();
  return "$" + std::to_string(amount / kDollar) + "." + cents;
}

}  // namespace penstock::money
