#pragma once

#include <chrono>
#include <cstdint>

#include "penstock/clock.h"

#include "limits/buckets.h"

namespace penstock::limits::internal {

/// The arithmetic of one bucket. It counts in parts of a token, as many to a token as the window
/// has nanoseconds: a nanosecond then refills exactly `capacity` parts, nothing is ever rounded and
/// no slow refill is lost. Not thread-safe.
///
/// Invariant: available + held <= capacity, available >= -capacity. Held is what `take` took and
/// neither `put_back` nor `settle` ended.
class Bucket {
 public:
  /// A full one.
  Bucket(const Limit& limit, MonotonicTime now);

  /// Adds what has flowed in until now. Time that goes backwards counts as none.
  void refill(MonotonicTime now);
  /// Holds the amount, if that much is available.
  bool take(std::uint64_t amount);
  /// Undoes a `take` at the same moment.
  void put_back(std::uint64_t amount);
  /// Ends the hold of `taken` and charges `used`.
  void settle(std::uint64_t taken, std::uint64_t used);

  std::uint64_t capacity() const { return static_cast<std::uint64_t>(capacity_); }
  std::uint64_t remaining() const;
  /// How long the refill takes until `amount` is available, if nothing held comes back.
  std::chrono::nanoseconds time_to(std::uint64_t amount) const;
  /// When everything is available again, if nothing else happens.
  MonotonicTime full_at() const { return refilled_ + time_to(capacity()); }

 private:
  __extension__ using Parts = __int128;

  Parts capacity_;       // tokens, and parts that flow in per nanosecond
  Parts window_;         // nanoseconds, and parts of a token
  Parts available_ = 0;  // parts; negative: debt
  Parts held_ = 0;       // parts
  MonotonicTime refilled_;
};

}  // namespace penstock::limits::internal
