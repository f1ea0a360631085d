#pragma once

#include <atomic>
#include <chrono>

#include "penstock/clock.h"

namespace penstock::test {

/// A clock that stands still until a test moves it. Starts one hour after the epoch of the
/// monotonic clock and at 2026-01-02T03:04:05.678Z on the wall. Thread-safe.
class ManualClock final : public Clock {
 public:
  MonotonicTime now() const override { return MonotonicTime(std::chrono::hours(1)) + passed(); }
  WallTime wall_now() const override {
    return WallTime(std::chrono::milliseconds(1'767'323'045'678)) +
           std::chrono::duration_cast<WallTime::duration>(passed()) +
           WallTime::duration(wall_shift_.load());
  }
  void advance(std::chrono::nanoseconds time) { passed_.fetch_add(time.count()); }
  /// Sets the wall clock alone, forwards or back.
  void set_wall(WallTime now) { wall_shift_.fetch_add((now - wall_now()).count()); }

 private:
  std::chrono::nanoseconds passed() const { return std::chrono::nanoseconds(passed_.load()); }
  std::atomic<std::chrono::nanoseconds::rep> passed_{0};
  std::atomic<WallTime::duration::rep> wall_shift_{0};
};

}  // namespace penstock::test
