#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "penstock/clock.h"

#include "limits/store.h"

namespace penstock::limits::remote {

/// What this process grants by itself while the store cannot be asked: of each limit its share, an
/// Nth for N processes, and at first no more than an Nth of what was left when it was last seen.
/// Buckets and logs refill evenly, calendars with the next period, slots when they end. Nothing
/// here outlives the outage: what was used is told to the store, which then counts it. Bounded, and
/// thread-safe.
class LocalShares {
 public:
  explicit LocalShares(const Clock& clock) : clock_(clock) {}

  /// How many processes share the store; at least 1.
  void set_processes(std::size_t processes) noexcept { processes_ = processes; }
  std::size_t processes() const noexcept { return processes_; }

  /// Takes the amount. nullopt: it did. `left`: in the whole meter when that was last seen.
  std::optional<Refusal> take(const Claim& claim, std::optional<std::uint64_t> left);
  /// Ends what was taken and charges what was used.
  void settle(const Claim& claim, std::uint64_t taken, std::uint64_t used);
  Standing standing(const Claim& claim) const;
  /// The outage is over.
  void clear();

 private:
  static constexpr std::size_t kMaxShares = 100'000;
  __extension__ using Parts = __int128;

  /// Counts in parts of a unit, as many as the window has nanoseconds; where nothing flows in, in
  /// units.
  struct Share {
    Parts scale = 1;
    Parts capacity = 0;   // parts
    Parts inflow = 0;     // parts a nanosecond
    Parts available = 0;  // negative: debt
    Parts held = 0;
    MonotonicTime refilled;
    WallTime period_end = WallTime::max();
  };

  Share make(const Claim& claim, std::optional<std::uint64_t> left) const;
  void refill(const Limit& limit, Share& share) const;
  Standing standing_of(const Limit& limit, const Share& share) const;

  const Clock& clock_;
  std::atomic<std::size_t> processes_ = 1;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, Share, std::less<>> shares_;
};

}  // namespace penstock::limits::remote
