#pragma once

#include <string_view>

#include <boost/intrusive/set.hpp>

#include "limits/queue_delay.h"
#include "limits/round_robin.h"
#include "limits/waiter.h"

namespace penstock::limits::internal {

/// Those that wait at one meter: first those whose turn had come here before, as they came to the
/// queue, then the others in the order of a round robin. Not thread-safe.
class Line {
 public:
  explicit Line(QueueDelay::Duration max_wait) : delay_(max_wait) {}

  bool empty() const noexcept { return returned_.empty() && order_.empty(); }
  Waiter& front() noexcept { return returned_.empty() ? order_.front() : *returned_.begin(); }
  bool has_first(const Waiter& waiter) noexcept { return !empty() && &front() == &waiter; }
  /// Whether it would be the first here, because its turn had come before.
  bool would_be_first(const Waiter& waiter) const noexcept;

  /// Moves it here from the line that it stands in, where its turn had come. Throws std::bad_alloc;
  /// then nothing has changed.
  void take(Waiter& waiter, MonotonicTime now);
  enum class Leaving { kServed, kUnserved };
  void remove(Waiter& waiter, Leaving how) noexcept;

  /// The first one's turn has come. False: after so long that it should be sent away.
  bool turn_came(Waiter& first, MonotonicTime now) noexcept;
  /// When a waiter whose turn has not come is to be sent away; max: not now.
  MonotonicTime patience_ends(const Waiter& waiter) const noexcept;

  std::string_view key;      // of the meter; of the map that holds the lines
  Waiter* asking = nullptr;  // who of them is asking the store, also when it is not the first now
  Refusal refusal;           // the last one at the meter; its limit may be gone
  MonotonicTime refused;     // when

 private:
  boost::intrusive::set<Waiter, boost::intrusive::base_hook<ReturnHook>,
                        boost::intrusive::compare<ByNumber>>
      returned_;
  RoundRobin order_;
  QueueDelay delay_;  // until a turn comes
};

}  // namespace penstock::limits::internal
