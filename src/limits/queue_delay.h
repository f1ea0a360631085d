#pragma once

#include <chrono>
#include <optional>

#include "penstock/clock.h"

namespace penstock::limits::internal {

/// Tells a queue that works off a burst from one that stands, as CoDel does (RFC 8289): it stands
/// when even the shortest delay of a whole interval was above the target. Then it was never near
/// its end, and all that it does is to make everybody wait.
///
/// The times are shares of `max_wait`, which is what the operator holds bearable: the target is a
/// twentieth of it, and the interval ten targets, so that what is worked off within half of
/// `max_wait` counts as a burst, and a queue that stands is known before its first waiter gives up.
/// Fixed times, such as the 5 ms and 100 ms for packets, would call every refill of a bucket a
/// standing queue.
///
/// Not thread-safe.
class QueueDelay {
 public:
  using Duration = MonotonicTime::duration;

  explicit QueueDelay(Duration max_wait)
      : target_(max_wait / 20), interval_(kTargetsPerInterval * target_) {}

  /// Somebody's turn came after that delay.
  void note(Duration delay, MonotonicTime now);
  bool stands() const noexcept { return stands_; }
  /// While it stands: who waits longer for its turn is sent away.
  Duration patience() const noexcept { return 2 * target_; }

 private:
  static constexpr int kTargetsPerInterval = 10;

  Duration target_;
  Duration interval_;
  std::optional<MonotonicTime> above_since_;  // the delays are above the target
  bool stands_ = false;
};

}  // namespace penstock::limits::internal
