#include "config/bounded.h"

#include <array>
#include <string>
#include <utility>

namespace penstock::config {

namespace {

using Units = std::array<std::pair<std::uint64_t, std::string_view>, 3>;
constexpr Units kTimes{{{3'600'000, "h"}, {1000, "s"}, {1, "ms"}}};
constexpr Units kBytes{{{1ull << 30, "GiB"}, {1ull << 20, "MiB"}, {1ull << 10, "KiB"}}};

/// As a user would write it: in the largest unit that fits.
std::string spell(std::uint64_t amount, const Units& units) {
  for (const auto& [factor, name] : units) {
    if (amount % factor == 0) return std::to_string(amount / factor) + std::string(name);
  }
  return std::to_string(amount);
}

template <class Spell>
std::uint64_t held_to(Range range, std::uint64_t value, std::uint64_t fallback, MapReader& map,
                      std::string_view key, Spell spell_one) {
  const Node* node = map.find(key);
  if (node == nullptr || (value >= range.least && value <= range.most)) return value;
  map.diagnostics().error(
      *node, "must be between " + spell_one(range.least) + " and " + spell_one(range.most));
  return fallback;
}

}  // namespace

milliseconds bounded_duration(MapReader& map, std::string_view key, milliseconds fallback,
                              Zero zero, milliseconds most) {
  const auto count = [](milliseconds time) { return static_cast<std::uint64_t>(time.count()); };
  const Range range{zero == Zero::kAllowed ? 0u : 1u, count(most)};
  const std::uint64_t value = count(map.duration(key, fallback));
  const auto spell_time = [](std::uint64_t amount) {
    return amount == 0 ? std::string("0s") : spell(amount, kTimes);
  };
  return milliseconds(held_to(range, value, count(fallback), map, key, spell_time));
}

std::uint64_t bounded_bytes(MapReader& map, std::string_view key, std::uint64_t fallback,
                            Range range) {
  const auto spell_bytes = [](std::uint64_t amount) { return spell(amount, kBytes); };
  return held_to(range, map.bytes(key, fallback), fallback, map, key, spell_bytes);
}

std::uint64_t bounded_count(MapReader& map, std::string_view key, std::uint64_t fallback,
                            Range range) {
  const auto spell_count = [](std::uint64_t amount) { return std::to_string(amount); };
  return held_to(range, map.count(key, fallback), fallback, map, key, spell_count);
}

const Node& child(MapReader& map, std::string_view key) {
  static const Node absent;
  const Node* node = map.find(key);
  return node == nullptr ? absent : *node;
}

}  // namespace penstock::config
