#pragma once

#include <cstdint>

#include "penstock/clock.h"

namespace penstock::limits::internal {

/// One moment by both clocks; the wall clock is looked at only by those who need it.
struct Moment {
  MonotonicTime monotonic;
  const Clock* clock;

  WallTime wall() const { return clock->wall_now(); }
};

/// Tells, when something is settled, which admission it was.
using Stamp = std::uint64_t;

}  // namespace penstock::limits::internal
