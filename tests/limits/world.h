#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "limits/store.h"

namespace penstock::limits::test {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// A store, and the time that it goes by, which stands still until the test moves it.
class World {
 public:
  virtual ~World() = default;
  virtual Store& store() = 0;
  virtual void pass(milliseconds time) = 0;
  virtual WallTime now() const = 0;
  /// Returns when all settlements have had their effect.
  virtual void catch_up() = 0;
};

/// Periods of an hour, wherever one is.
class Hours final : public Calendar {
 public:
  Hours() : Calendar(Period::kHour, "UTC") {}
  Span span_of(WallTime moment) const override {
    const WallTime begin = std::chrono::floor<std::chrono::hours>(moment);
    return {begin, begin + 1h};
  }
};

inline Limit bucket(std::uint64_t capacity, milliseconds every) {
  return {"bucket", Unit::kTokens, Algorithm::kBucket, capacity, every};
}
inline Limit rolling_log(std::uint64_t capacity, milliseconds every) {
  return {"log", Unit::kRequests, Algorithm::kLog, capacity, every};
}
inline Limit hourly(std::uint64_t capacity) {
  return {"hour", Unit::kNanodollars,       Algorithm::kCalendar, capacity,
          0ms,    std::make_shared<Hours>()};
}
inline Limit slots(std::uint64_t capacity) {
  return {"slots", Unit::kConcurrent, Algorithm::kSlots, capacity};
}

}  // namespace penstock::limits::test
