#pragma once

#include <cstdint>
#include <string>

#include "penstock/clock.h"

namespace penstock::limits {

/// What has to outlive the process of one meter, so that a restart does not grant anew what was
/// used. What was held counts as used: nobody knows how those requests ended.
struct MeterState {
  std::string key;         // names the meter and, by its beginning, the limit's definition
  std::uint64_t used = 0;  // in the limit's unit, rounded up; 0: nothing to remember any more
  WallTime at;             // when that was so
  WallTime expires;        // when all is back again, so that this may be forgotten
};

}  // namespace penstock::limits
