#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "limits/limit.h"
#include "limits/moment.h"

namespace penstock::limits::internal {

/// The meter of Algorithm::kSlots: what is held now, and nothing else. Not thread-safe.
class Slots {
 public:
  Slots(const Limit& limit, const Moment&) : capacity_(limit.capacity) {}
  /// Nothing that was held lives on.
  void restore(std::uint64_t, WallTime, const Moment&) {}

  void advance(const Moment&) {}
  std::optional<Stamp> take(std::uint64_t amount) {
    if (!extend({}, amount)) return std::nullopt;
    return Stamp{};
  }
  bool extend(Stamp, std::uint64_t more) {
    if (remaining() < more) return false;
    held_ += more;
    return true;
  }
  void settle(Stamp, std::uint64_t taken, std::uint64_t) { held_ -= taken; }

  std::uint64_t remaining() const { return capacity_ - held_; }
  std::uint64_t reserved() const { return held_; }
  std::uint64_t used() const { return 0; }
  /// Nobody knows when a request ends.
  std::chrono::nanoseconds time_to(std::uint64_t) const { return std::chrono::nanoseconds(0); }
  std::chrono::nanoseconds reset() const { return std::chrono::nanoseconds(0); }

 private:
  std::uint64_t capacity_;
  std::uint64_t held_ = 0;
};

}  // namespace penstock::limits::internal
