#include "config/decimal.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace penstock::config {

namespace {

bool is_number(std::string_view digits) {
  return !digits.empty() &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<std::uint64_t> parse_decimal(std::string_view text, unsigned places) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string_view fraction;
  if (point != std::string_view::npos) {
    fraction = text.substr(point + 1);
    if (!is_number(fraction) || fraction.size() > places) return std::nullopt;
  }
  if (!is_number(whole) || (whole.size() > 1 && whole.front() == '0')) return std::nullopt;
  std::string digits(whole);
  digits += fraction;
  digits.append(places - fraction.size(), '0');
  std::uint64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec != std::errc()) return std::nullopt;
  return value;
}

}  // namespace penstock::config
