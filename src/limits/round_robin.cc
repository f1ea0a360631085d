#include "limits/round_robin.h"

#include <algorithm>

namespace penstock::limits::internal {

void RoundRobin::add(Flow& flow, Waiter& waiter) noexcept {
  if (flow.waiters.empty()) {
    flow.spent = round_ * kQuantum - flow.saved;
    flow.saved = 0;
  } else {
    present_.erase(present_.iterator_to(flow));
  }
  flow.waiters.insert(waiter);
  set_turn(flow);
}

void RoundRobin::remove(Waiter& waiter, bool served) noexcept {
  Flow& flow = flows_.find(waiter.party->who)->second;
  const bool was_next = &*flow.waiters.begin() == &waiter;
  if (served) {
    flow.spent += waiter.cost;
    if (was_next) round_ = std::max(round_, flow.round);
  }
  flow.waiters.erase(flow.waiters.iterator_to(waiter));
  if (!was_next && !served) return;
  present_.erase(present_.iterator_to(flow));
  if (flow.waiters.empty()) {
    forget_or_keep(flow);
  } else {
    set_turn(flow);
  }
}

RoundRobin::Flow& RoundRobin::flow_of(std::string_view who) {
  auto found = flows_.find(who);
  if (found == flows_.end()) {
    found = flows_.try_emplace(std::string(who)).first;
    found->second.who = found->first;
    found->second.place = ++places_;
  } else if (found->second.waiters.empty()) {
    absent_.erase(absent_.iterator_to(found->second));
  }
  return found->second;
}

void RoundRobin::set_turn(Flow& flow) noexcept {
  flow.round = (flow.spent + flow.waiters.begin()->cost + kQuantum - 1) / kQuantum;
  present_.insert(flow);
}

/// Nobody waits for the key any more.
void RoundRobin::forget_or_keep(Flow& flow) noexcept {
  const std::uint64_t granted = round_ * kQuantum;
  if (flow.spent >= granted) return forget(flow);
  flow.saved = granted - flow.spent;
  absent_.push_back(flow);
  if (absent_.size() <= kMostAbsent) return;
  Flow& oldest = absent_.front();
  absent_.pop_front();
  forget(oldest);
}

}  // namespace penstock::limits::internal
