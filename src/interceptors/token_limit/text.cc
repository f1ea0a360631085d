#include "interceptors/token_limit/text.h"

#include <algorithm>
#include <array>
#include <span>

#include "money/dollars.h"

namespace penstock::token_limit {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t size;
};

constexpr std::array kTimeUnits{Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000},
                                Unit{"s", 1000}};
constexpr std::array kCountUnits{Unit{"G", 1'000'000'000}, Unit{"M", 1'000'000}, Unit{"k", 1000}};

std::string in_largest_unit(std::uint64_t value, std::span<const Unit> units,
                            std::string_view smallest) {
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.size == 0) {
      return std::to_string(value / unit.size).append(unit.name);
    }
  }
  return std::to_string(value).append(smallest);
}

std::string in_unit(limits::Unit unit, std::uint64_t amount, const std::string& number) {
  switch (unit) {
    case limits::Unit::kRequests:
      return number + (amount == 1 ? " request" : " requests");
    case limits::Unit::kTokens:
      return number + " tokens";
    case limits::Unit::kInputTokens:
      return number + " input tokens";
    case limits::Unit::kOutputTokens:
      return number + " output tokens";
    case limits::Unit::kConcurrent:
      return number + (amount == 1 ? " request at once" : " requests at once");
    case limits::Unit::kNanodollars:
      break;
  }
  return money::to_text(amount);
}

/// 1200 -> "1.2s": thousandths without the zeros at their end.
std::string seconds_text(std::int64_t time_ms) {
  std::string text = std::to_string(time_ms / 1000);
  std::string fraction = std::to_string(1000 + time_ms % 1000);
  fraction.front() = '.';
  while (fraction.back() == '0') fraction.pop_back();
  if (fraction.size() > 1) text += fraction;
  return text + "s";
}

}  // namespace

std::string go_duration(std::chrono::milliseconds time) {
  const std::int64_t time_ms = time.count();
  if (time_ms == 0) return "0s";
  if (time_ms < 1000) return std::to_string(time_ms) + "ms";
  std::string text;
  if (time_ms >= 3'600'000) text += std::to_string(time_ms / 3'600'000) + "h";
  if (time_ms >= 60'000) text += std::to_string(time_ms / 60'000 % 60) + "m";
  return text + seconds_text(time_ms % 60'000);
}

std::string short_duration(std::chrono::milliseconds time) {
  return in_largest_unit(static_cast<std::uint64_t>(time.count()), kTimeUnits, "ms");
}

std::string short_count(std::uint64_t count) {
  return in_largest_unit(count, kCountUnits, "");
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kMostBytes = 64;
  if (text.size() <= kMostBytes) return std::string(text);
  std::size_t end = kMostBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string describe_amount(limits::Unit unit, std::uint64_t amount) {
  return in_unit(unit, amount, short_count(amount));
}

std::string exact_amount(limits::Unit unit, std::uint64_t amount) {
  return in_unit(unit, amount, std::to_string(amount));
}

std::string window_text(const limits::Limit& limit) {
  if (limit.algorithm == limits::Algorithm::kSlots) return {};
  if (limit.calendar) return std::string(" per ") + to_string(limit.calendar->period());
  return " per " + short_duration(limit.every);
}

}  // namespace penstock::token_limit
