#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include "limits/bucket.h"
#include "limits/limit.h"
#include "limits/log.h"
#include "limits/moment.h"
#include "limits/period.h"
#include "limits/slots.h"

namespace penstock::limits::internal {

/// What one key has of one limit, whatever the limit's algorithm; see Bucket for the functions. All
/// but the constructor want `advance` first. Not thread-safe.
class Meter {
 public:
  Meter(const Limit& limit, const Moment& moment)
      : capacity_(limit.capacity), state_(make(limit, moment)) {}

  /// Charges what a process before this one had used at `at`.
  void restore(std::uint64_t used, WallTime at, const Moment& moment) {
    std::visit([&](auto& state) { state.restore(used, at, moment); }, state_);
  }
  void advance(const Moment& moment) {
    std::visit([&](auto& state) { state.advance(moment); }, state_);
  }
  std::optional<Stamp> take(std::uint64_t amount) {
    return std::visit([=](auto& state) { return state.take(amount); }, state_);
  }
  bool extend(Stamp stamp, std::uint64_t more) {
    return std::visit([=](auto& state) { return state.extend(stamp, more); }, state_);
  }
  void settle(Stamp stamp, std::uint64_t taken, std::uint64_t used) {
    std::visit([=](auto& state) { state.settle(stamp, taken, used); }, state_);
  }

  std::uint64_t capacity() const noexcept { return capacity_; }
  std::uint64_t remaining() const {
    return std::visit([](const auto& state) { return state.remaining(); }, state_);
  }
  std::uint64_t reserved() const {
    return std::visit([](const auto& state) { return state.reserved(); }, state_);
  }
  std::uint64_t used() const {
    return std::visit([](const auto& state) { return state.used(); }, state_);
  }
  std::chrono::nanoseconds time_to(std::uint64_t amount) const {
    return std::visit([=](const auto& state) { return state.time_to(amount); }, state_);
  }
  std::chrono::nanoseconds reset() const {
    return std::visit([](const auto& state) { return state.reset(); }, state_);
  }

 private:
  using State = std::variant<Bucket, Log, Slots, Period>;
  static State make(const Limit& limit, const Moment& moment) {
    switch (limit.algorithm) {
      case Algorithm::kLog:
        return Log(limit, moment);
      case Algorithm::kSlots:
        return Slots(limit, moment);
      case Algorithm::kCalendar:
        return Period(limit, moment);
      case Algorithm::kBucket:
        break;
    }
    return Bucket(limit, moment);
  }

  std::uint64_t capacity_;
  State state_;
};

}  // namespace penstock::limits::internal
