#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>
#include <variant>

#include "penstock/clock.h"

#include "limits/lines.h"
#include "limits/store.h"
#include "metrics/metrics.h"

namespace penstock::limits {

struct QueueOptions {
  std::chrono::milliseconds max_wait{5000};
  std::size_t max_size = 1000;  // requests that wait; 0: none does
};

/// Lets requests wait for room in a store instead of refusing them at once.
///
///   auto result = queue.reserve(principal, tokens, claims, Care::kTake, x.within(30s));
///
/// What waits: a request that was refused with kNotNow, when the room is said to come within
/// `max_wait` and before its deadline, or nobody knows when (slots). Budgets (kCalendar), requests
/// that never fit, and a store that is full or down refuse at once, as without a queue.
///
/// Order: at each meter a deficit round robin between the keys of fairness, in tokens; requests of
/// one key as they came. Who is refused by a meter blocks those behind it that want the same one,
/// so that small requests cannot starve a large one, and nobody else. A newcomer asks the store at
/// once only where nobody waits at any of its meters.
///
/// The store is asked when it tells of a release, when the time that it named has come, and where
/// it named none also every 20 ms to 160 ms, since another process may have given something back.
///
/// Overload: while the queue at one meter stands instead of working off a burst (see
/// internal::QueueDelay), those are refused whose turn has not come after a tenth of `max_wait`;
/// their keys keep what they have saved. In a queue that is full, room is made for a key by
/// refusing the last request of the key that has the most there; else the newcomer is refused.
/// These refusals, and that of one whose time is over, are the store's last at that meter.
///
/// A client that leaves is taken out at once; what was just granted to it is given back.
///
/// Thread-safe: waiters may be on several event loops. Each asks the store on its own; the mutex is
/// held for the look at the lines only, and never over a suspension. No thread of its own, no
/// allocation for a request that does not wait.
class WaitingQueue final : private ReleaseListener {
 public:
  /// All outlive it, and all requests have left before it goes. Loops outlive the requests that
  /// wait on them.
  WaitingQueue(QueueOptions options, Store& store, const Clock& clock, Metrics& metrics);
  ~WaitingQueue();
  WaitingQueue(const WaitingQueue&) = delete;
  WaitingQueue& operator=(const WaitingQueue&) = delete;

  /// Like Store::reserve, but may wait, if so until the deadline at most; then it is to be called
  /// by a fiber. `who` is the key of fairness, and `cost` what the request counts there, in tokens.
  /// Care::kIfAmple never waits: where it would have to, or others wait at one of its meters, it is
  /// refused with kNotAmple. To one that was cancelled the refusal says nothing.
  std::variant<Reservation, Refusal> reserve(std::string_view who, std::uint64_t cost,
                                             std::span<const Claim> claims, Care care = Care::kTake,
                                             Deadline deadline = {});

  /// How many wait.
  std::size_t size() const noexcept { return waiting_; }

 private:
  class Stay;

  void on_release() override;
  void on_release_of(std::string_view key) override;
  const Claim* others_wait_for(std::span<const Claim> claims);
  bool may_wait(const Refusal& refusal, std::span<const Claim> claims, MonotonicTime end,
                MonotonicTime now) const;

  const QueueOptions options_;
  Store& store_;
  const Clock& clock_;
  Metrics& metrics_;

  // Who is refused looks at `releases_` after it was counted in `waiting_`, and who tells a release
  // looks at them the other way round: so one of the two sees the other.
  std::atomic<std::uint64_t> releases_ = 0;
  std::atomic<std::size_t> waiting_ = 0;
  std::mutex mutex_;  // guards the lines and those in them
  internal::Lines lines_;
};

}  // namespace penstock::limits
