#include "limits/crowd.h"

#include <algorithm>

namespace penstock::limits::internal {

void Crowd::enter(Waiter& waiter, std::string_view who) {
  auto found = parties_.find(who);
  if (found == parties_.end()) {
    found = parties_.try_emplace(std::string(who)).first;
    found->second.who = found->first;
  }
  Party& party = found->second;
  if (party.is_linked()) by_size_.erase(by_size_.iterator_to(party));
  party.waiters.push_back(waiter);
  by_size_.insert(party);
  waiter.party = &party;
  waiter.number = ++arrivals_;
  ++size_;
}

void Crowd::leave(Waiter& waiter) noexcept {
  Party& party = *waiter.party;
  waiter.party = nullptr;
  by_size_.erase(by_size_.iterator_to(party));
  party.waiters.erase(party.waiters.iterator_to(waiter));
  --size_;
  if (party.waiters.empty()) {
    parties_.erase(parties_.find(party.who));
  } else {
    by_size_.insert(party);
  }
}

Waiter* Crowd::rival_of(std::string_view who) noexcept {
  if (by_size_.empty()) return nullptr;
  const auto own = parties_.find(who);
  const std::size_t has = own == parties_.end() ? 0 : own->second.waiters.size();
  auto& most = by_size_.rbegin()->waiters;
  if (most.size() < has + 2) return nullptr;
  // Who is asking the store at this moment may be granted what it asks for.
  const auto last =
      std::find_if(most.rbegin(), most.rend(), [](const Waiter& waiter) { return !waiter.asking; });
  return last == most.rend() ? nullptr : &*last;
}

}  // namespace penstock::limits::internal
