#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>

#include "limits/waiter.h"

namespace penstock::limits::internal {

/// Waiters in the order of a deficit round robin (Shreedhar and Varghese, 1995) between their keys,
/// in tokens: in every round each key may spend a quantum, and saves what it does not spend as long
/// as somebody waits for it. Written without rounds that are walked through: the round in which the
/// first one of a key can be paid is known, and the keys are ordered by it.
///
/// When the last of a key leaves, served or not, what the key has saved is kept for its return, for
/// at most kMostAbsent keys. Else those that are sent away and come again, as clients do, would
/// always begin anew behind those that are not. Not thread-safe.
class RoundRobin {
 public:
  /// Tokens for each key in each round: about one request.
  static constexpr std::uint64_t kQuantum = 1000;
  static constexpr std::size_t kMostAbsent = 1000;

  bool empty() const noexcept { return present_.empty(); }
  /// Who is next.
  Waiter& front() noexcept { return *present_.begin()->waiters.begin(); }

  /// One key.
  struct Flow : boost::intrusive::set_base_hook<>, boost::intrusive::list_base_hook<> {
    std::string_view who;  // of the map
    boost::intrusive::set<Waiter, boost::intrusive::base_hook<FlowHook>,
                          boost::intrusive::compare<ByNumber>>
        waiters;
    std::uint64_t place = 0;  // in a round
    std::uint64_t spent = 0;  // tokens, from round 0 on
    std::uint64_t round = 0;  // in which the first one can be paid
    std::uint64_t saved = 0;  // tokens, while it is absent
  };
  /// What `add` needs for that key. Throws std::bad_alloc.
  Flow& flow_of(std::string_view who);
  /// Among those of its key as it came to the queue; directly after flow_of.
  void add(Flow& flow, Waiter& waiter) noexcept;
  /// `served`: its key has spent its cost, whoever was the next.
  void remove(Waiter& waiter, bool served) noexcept;

 private:
  struct ByTurn {
    bool operator()(const Flow& a, const Flow& b) const noexcept {
      return a.round != b.round ? a.round < b.round : a.place < b.place;
    }
  };

  void set_turn(Flow& flow) noexcept;
  void forget_or_keep(Flow& flow) noexcept;
  void forget(Flow& flow) noexcept { flows_.erase(flows_.find(flow.who)); }

  // Ordered, because keys come from clients and an ordered map cannot be flooded with collisions.
  std::map<std::string, Flow, std::less<>> flows_;
  boost::intrusive::set<Flow, boost::intrusive::compare<ByTurn>> present_;  // somebody waits
  boost::intrusive::list<Flow> absent_;                                     // as they left
  std::uint64_t places_ = 0;
  std::uint64_t round_ = 0;  // the last one in which somebody was served
};

}  // namespace penstock::limits::internal
