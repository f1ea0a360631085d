#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>

#include "penstock/clock.h"

#include "limits/bell.h"
#include "limits/store.h"

namespace penstock::limits::internal {

class Line;
struct Waiter;

using PartyHook = boost::intrusive::list_base_hook<>;
struct FlowTag;
using FlowHook = boost::intrusive::set_base_hook<boost::intrusive::tag<FlowTag>>;
using ReturnHook = boost::intrusive::set_base_hook<>;

/// One request that waits. It lives on the stack of its fiber, which takes it out before it goes.
/// But for the constants and the bell all of it is guarded by the queue's mutex.
struct Waiter : PartyHook, FlowHook, ReturnHook {
  Waiter(std::uint64_t tokens, std::span<const Claim> wanted)
      : cost(std::clamp(tokens, kMinCost, kMaxCost)), claims(wanted), had_turn_(wanted.size()) {}

  // A request is work by itself: a key must not go on and on with tiny ones in its turn.
  static constexpr std::uint64_t kMinCost = 50;
  static constexpr std::uint64_t kMaxCost = std::uint64_t{1} << 40;  // sums of it do not overflow

  const std::uint64_t cost;  // tokens
  const std::span<const Claim> claims;
  const std::shared_ptr<Bell> bell = Bell::create();

  struct Party* party = nullptr;  // null: it was taken out
  std::uint64_t number = 0;       // of its arrival
  Line* line = nullptr;           // null: it has not been refused yet
  MonotonicTime joined;           // its line
  bool was_first = false;         // of its line
  bool due = false;               // it is to ask the store
  bool asking = false;
  bool told = false;  // while it was asking, something was given back at its line's meter

  /// Why others have taken it out.
  enum class SentAway { kNo, kFull, kOverload };
  SentAway sent_away = SentAway::kNo;

  /// Whether it was the first at a meter before it went on to another.
  bool had_turn_at(std::string_view key) const noexcept {
    for (std::size_t i = 0; i < claims.size(); ++i) {
      if (had_turn_[i] && claims[i].key == key) return true;
    }
    return false;
  }
  void mark_turn_at(std::string_view key) noexcept {
    for (std::size_t i = 0; i < claims.size(); ++i) {
      if (claims[i].key == key) had_turn_[i] = true;
    }
  }

 private:
  std::vector<bool> had_turn_;  // at the meters of its claims
};

struct ByNumber {
  bool operator()(const Waiter& a, const Waiter& b) const noexcept { return a.number < b.number; }
};

/// All that wait for one key.
struct Party : boost::intrusive::set_base_hook<> {
  boost::intrusive::list<Waiter, boost::intrusive::base_hook<PartyHook>> waiters;  // as they came
  std::string_view who;                                                            // of the map
};

}  // namespace penstock::limits::internal
