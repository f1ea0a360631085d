#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "limits/waiting_queue.h"

namespace penstock::limits {

/// One request's stay in the queue, from its coming in to its leaving. On the stack of its fiber;
/// each function takes the queue's mutex and gives it back.
class WaitingQueue::Stay {
 public:
  /// Until the deadline, or for the longest wait, whichever ends first.
  Stay(WaitingQueue& queue, std::uint64_t cost, std::span<const Claim> claims, Deadline deadline);
  /// Takes it out where it still is in.
  ~Stay();
  Stay(const Stay&) = delete;
  Stay& operator=(const Stay&) = delete;

  /// False: the queue is full. Throws std::bad_alloc.
  bool enter(std::string_view who);
  /// The store, asked when that many releases had been told, has refused it. False: it does not
  /// wait any longer. Throws std::bad_alloc.
  bool refused(Refusal refusal, std::uint64_t releases);
  /// Waits its turn, asks the store, and so on until it has an answer. Suspends.
  std::variant<Reservation, Refusal> wait();
  /// What one is told that leaves without a reservation: the last refusal that is known.
  Refusal last_refusal() const;

 private:
  enum class Step { kAsk, kPark, kLookAgain, kGiveUp };

  Step next_step();
  Step ask();
  Step give_up(std::string_view reason);
  void granted();
  void listen_to(const internal::Line& line);
  bool cancelled() const;
  std::chrono::milliseconds next_poll();

  WaitingQueue& queue_;
  internal::Waiter waiter_;
  const MonotonicTime since_;
  const Deadline end_;
  MonotonicTime wake_at_;                          // of a park
  MonotonicTime retry_at_ = MonotonicTime::max();  // to ask the store when it is the first
  std::chrono::milliseconds poll_{0};              // the last one
  std::uint64_t releases_ = 0;                     // when it asked
  std::optional<Refusal> refusal_;
  MonotonicTime refused_at_;
  MetricCell* length_ = nullptr;  // counts it as long as it is in
};

}  // namespace penstock::limits
