#include "limits/line.h"

#include <utility>

namespace penstock::limits::internal {

bool Line::would_be_first(const Waiter& waiter) const noexcept {
  if (!waiter.had_turn_at(key)) return false;
  return returned_.empty() || waiter.number < returned_.begin()->number;
}

void Line::take(Waiter& waiter, MonotonicTime now) {
  const bool returns = waiter.had_turn_at(key);
  RoundRobin::Flow* const flow = returns ? nullptr : &order_.flow_of(waiter.party->who);
  if (waiter.line != nullptr) waiter.line->remove(waiter, Leaving::kServed);
  if (returns) {
    returned_.insert(waiter);
  } else {
    order_.add(*flow, waiter);
  }
  waiter.line = this;
  waiter.joined = now;
  waiter.was_first = returns;  // its delay was noted then
  if (has_first(waiter)) turn_came(waiter, now);
}

void Line::remove(Waiter& waiter, Leaving how) noexcept {
  waiter.line = nullptr;
  if (waiter.had_turn_at(key)) {
    returned_.erase(returned_.iterator_to(waiter));
    return;
  }
  order_.remove(waiter, how == Leaving::kServed);
  if (how == Leaving::kServed) waiter.mark_turn_at(key);
}

bool Line::turn_came(Waiter& first, MonotonicTime now) noexcept {
  if (std::exchange(first.was_first, true)) return true;
  const QueueDelay::Duration delay = now - first.joined;
  delay_.note(delay, now);
  return !delay_.stands() || delay <= delay_.patience();
}

MonotonicTime Line::patience_ends(const Waiter& waiter) const noexcept {
  if (waiter.was_first || !delay_.stands()) return MonotonicTime::max();
  return waiter.joined + delay_.patience();
}

}  // namespace penstock::limits::internal
