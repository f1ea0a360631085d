#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "limits/limit.h"
#include "limits/moment.h"

namespace penstock::limits::internal {

/// The meter of Algorithm::kBucket: what is used flows back evenly. It counts in parts of a unit,
/// as many to a unit as the window has nanoseconds: a nanosecond then refills exactly `capacity`
/// parts, nothing is ever rounded and no slow refill is lost. Not thread-safe.
///
/// Exact: in any span of time T no more than capacity + rate x T is admitted, however many reserve
/// at once and however long they hold. It refills only up to capacity - held, because a plain
/// refund would keep what should have overflowed meanwhile and so admit more.
///
/// Invariant: available + held <= capacity, available >= -capacity.
class Bucket {
 public:
  /// A full one.
  Bucket(const Limit& limit, const Moment& moment);
  /// Charges what a process before this one had used at `at`.
  void restore(std::uint64_t used, WallTime at, const Moment& moment);

  /// Adds what has flowed in until now. Time that goes backwards counts as none.
  void advance(const Moment& moment);
  /// Holds the amount, if that much is available.
  std::optional<Stamp> take(std::uint64_t amount);
  /// Holds more for the same admission, if that much is available.
  bool extend(Stamp stamp, std::uint64_t more);
  /// Ends the hold of `taken` and charges `used`; more than was held becomes debt.
  void settle(Stamp stamp, std::uint64_t taken, std::uint64_t used);

  std::uint64_t remaining() const;
  std::uint64_t reserved() const { return static_cast<std::uint64_t>(held_ / window_); }
  /// Rounded up; debt included.
  std::uint64_t used() const;
  /// How long until `amount` is available, if nothing held comes back.
  std::chrono::nanoseconds time_to(std::uint64_t amount) const;
  /// How long until everything is available, if all that is held is used.
  std::chrono::nanoseconds reset() const;

 private:
  __extension__ using Parts = __int128;

  Parts capacity_;       // units, and parts that flow in per nanosecond
  Parts window_;         // nanoseconds, and parts of a unit
  Parts available_ = 0;  // parts; negative: debt
  Parts held_ = 0;       // parts
  MonotonicTime refilled_;
};

}  // namespace penstock::limits::internal
