#pragma once

#include <cstdint>

#include "bench/loop.h"

namespace penstock::bench {

/// When requests are meant to be sent. In an open loop that is fixed beforehand, at a constant
/// rate, whether or not earlier ones were answered: latency counts from then, so that a system that
/// stalls is charged for the requests it made wait as well ("coordinated omission" is what leaving
/// them out is called). In a closed loop a request is due whenever there is a connection for it.
class Schedule {
 public:
  struct Plan {
    double rate = 0;  // requests a second; 0: closed loop
    Nanos begin = 0;
    Nanos length = 0;            // nothing is meant for later than begin + length
    std::uint64_t requests = 0;  // at most that many; 0: as many as the time allows
  };
  explicit Schedule(Plan plan) : plan_(plan) {}

  /// When the next request is meant to be sent: now or earlier, if it waits already.
  Nanos next(Nanos now) const { return plan_.rate > 0 ? intended() : now; }
  /// Nothing is to be sent any more.
  bool over(Nanos now) const {
    if (plan_.requests != 0 && taken_ == plan_.requests) return true;
    return next(now) >= plan_.begin + plan_.length;
  }
  /// A request is to be sent now.
  bool due(Nanos now) const { return !over(now) && next(now) <= now; }
  /// Takes the one that is due; gives when it was meant to be sent.
  Nanos take(Nanos now) {
    const Nanos time = next(now);
    ++taken_;
    return time;
  }

 private:
  Nanos intended() const {
    return plan_.begin + static_cast<Nanos>(static_cast<double>(taken_) * 1e9 / plan_.rate);
  }

  Plan plan_;
  std::uint64_t taken_ = 0;
};

}  // namespace penstock::bench
