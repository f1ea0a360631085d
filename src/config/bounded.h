#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "penstock/config.h"

namespace penstock::config {

/// Getters of MapReader that also hold the value to a range, both ends included. A value outside is
/// reported and the fallback given.

using std::chrono::milliseconds;

/// No time-out of a configuration is longer.
inline constexpr milliseconds kLongestTime = std::chrono::hours(24);
enum class Zero { kAllowed, kRefused };
milliseconds bounded_duration(MapReader& map, std::string_view key, milliseconds fallback,
                              Zero zero, milliseconds most = kLongestTime);

struct Range {
  std::uint64_t least;
  std::uint64_t most;
};
std::uint64_t bounded_bytes(MapReader& map, std::string_view key, std::uint64_t fallback,
                            Range range);
std::uint64_t bounded_count(MapReader& map, std::string_view key, std::uint64_t fallback,
                            Range range);

/// The member as a node; a null node where it is absent.
const Node& child(MapReader& map, std::string_view key);

}  // namespace penstock::config
