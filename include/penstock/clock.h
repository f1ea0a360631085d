#pragma once

#include <chrono>

namespace penstock {

using MonotonicTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

/// The time, behind an interface so that tests move it. Monotonic time measures durations, limits
/// and deadlines; wall time is for people and calendars. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual MonotonicTime now() const = 0;
  /// now() of up to 10 ms ago, for a small part of its cost: for deadlines and limits. Of one
  /// thread it never goes back, but it lags behind now().
  virtual MonotonicTime recent() const { return now(); }
  virtual WallTime wall_now() const = 0;
};

/// The clock of the machine.
const Clock& system_clock();

class Cancel;

/// When a call that waits gives up: at a point of time, or when `cancel` is requested, whichever is
/// first. Every call that can suspend takes one; Exchange::within() makes them. `cancel`, where
/// given, outlives the call.
struct Deadline {
  MonotonicTime at = MonotonicTime::max();
  Cancel* cancel = nullptr;
};

}  // namespace penstock
