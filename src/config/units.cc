#include <array>
#include <limits>
#include <span>

#include "penstock/config.h"

namespace penstock::config {

namespace {

constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array kCountUnits{Unit{"", 1}, Unit{"k", 1000}, Unit{"M", 1'000'000},
                                 Unit{"G", 1'000'000'000}};
constexpr std::array kByteUnits{Unit{"", 1},
                                Unit{"kB", 1000},
                                Unit{"MB", 1'000'000},
                                Unit{"GB", 1'000'000'000},
                                Unit{"KiB", 1ull << 10},
                                Unit{"MiB", 1ull << 20},
                                Unit{"GiB", 1ull << 30}};
constexpr std::array kTimeUnits{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000},
                                Unit{"h", 3'600'000}, Unit{"d", 86'400'000}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A decimal number and a unit directly behind it. A leading zero is refused: YAML 1.1 would read
/// an octal number there, YAML 1.2 a decimal one.
std::optional<std::uint64_t> parse(std::string_view text, std::span<const Unit> units) {
  std::uint64_t number = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && is_digit(text[digits]); ++digits) {
    const auto digit = static_cast<std::uint64_t>(text[digits] - '0');
    if (number > (kMax - digit) / 10) return std::nullopt;
    number = number * 10 + digit;
  }
  if (digits == 0 || (digits > 1 && text.front() == '0')) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name != text.substr(digits)) continue;
    if (number > kMax / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_count(std::string_view text) {
  return parse(text, kCountUnits);
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  return parse(text, kByteUnits);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::milliseconds(0);  // the one number that needs no unit
  const auto amount = parse(text, kTimeUnits);
  if (!amount) return std::nullopt;
  return std::chrono::milliseconds(*amount);
}

}  // namespace penstock::config
