#include "limits/waiting_queue.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "limits/queue_metrics.h"
#include "limits/stay.h"

namespace penstock::limits {

WaitingQueue::WaitingQueue(QueueOptions options, Store& store, const Clock& clock, Metrics& metrics)
    : options_(options), store_(store), clock_(clock), metrics_(metrics), lines_(options.max_wait) {
  metrics_.cell(kQueueLength);  // shown from the beginning
  metrics_.histogram(kQueueWait);
  for (const char* reason : {"full", "overload", "timeout"}) metrics_.cell(kQueueShed, {reason});
  store_.add_listener(*this);
}

WaitingQueue::~WaitingQueue() {
  store_.remove_listener(*this);
}

std::variant<Reservation, Refusal> WaitingQueue::reserve(std::string_view who, std::uint64_t cost,
                                                         std::span<const Claim> claims, Care care,
                                                         Deadline deadline) {
  const std::uint64_t releases = releases_;
  std::optional<Refusal> refused;
  if (const Claim* claim = others_wait_for(claims)) {
    if (care == Care::kIfAmple) {
      return Refusal{Refusal::Why::kNotAmple, {claim->limit, 0, {}}, claim->key, {}};
    }
  } else {
    auto result = store_.reserve(claims, care, deadline);
    auto* refusal = std::get_if<Refusal>(&result);
    if (refusal == nullptr || options_.max_size == 0) return result;
    const MonotonicTime now = clock_.now();
    if (!may_wait(*refusal, claims, std::min(deadline.at, now + options_.max_wait), now)) {
      return result;
    }
    if (care == Care::kIfAmple) {
      refusal->why = Refusal::Why::kNotAmple;
      return result;
    }
    refused = std::move(*refusal);
  }
  Stay stay(*this, cost, claims, deadline);
  if (!stay.enter(who)) return refused ? std::move(*refused) : stay.last_refusal();
  if (refused && !stay.refused(std::move(*refused), releases)) return stay.last_refusal();
  return stay.wait();
}

void WaitingQueue::on_release() {
  ++releases_;
  if (waiting_ == 0) return;
  const std::lock_guard lock(mutex_);
  lines_.open_all(clock_.now());
}

void WaitingQueue::on_release_of(std::string_view key) {
  ++releases_;
  if (waiting_ == 0) return;
  const std::lock_guard lock(mutex_);
  lines_.open(key, clock_.now());
}

/// One of the claims at whose meter others wait; null: there is none.
const Claim* WaitingQueue::others_wait_for(std::span<const Claim> claims) {
  if (waiting_ == 0) return nullptr;
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(claims.begin(), claims.end(), [this](const Claim& claim) {
    return lines_.find(claim.key) != nullptr;
  });
  return found == claims.end() ? nullptr : &*found;
}

bool WaitingQueue::may_wait(const Refusal& refusal, std::span<const Claim> claims,
                            MonotonicTime end, MonotonicTime now) const {
  if (refusal.why != Refusal::Why::kNotNow || now >= end) return false;
  const auto claim = std::find_if(claims.begin(), claims.end(), [&refusal](const Claim& each) {
    return each.key == refusal.key;
  });
  if (claim == claims.end()) return false;
  switch (claim->limit->algorithm) {
    case Algorithm::kSlots:
      return true;  // whatever the store tells clients: nobody knows
    case Algorithm::kCalendar:
      return false;
    case Algorithm::kBucket:
    case Algorithm::kLog:
      break;
  }
  return now + refusal.retry_after <= end;
}

}  // namespace penstock::limits
