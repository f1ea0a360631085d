#pragma once

#include <chrono>
#include <vector>

#include "limits/store.h"

namespace penstock::limits::test {

/// What the processes of a test share. Nothing flows in while a test runs.
struct SharedLimits {
  static constexpr std::uint64_t kTokens = 20'000;
  Limit tokens{"tokens", Unit::kTokens, Algorithm::kBucket, kTokens, std::chrono::hours(8000)};
  Limit running{"running", Unit::kConcurrent, Algorithm::kSlots, 12};

  std::vector<Claim> claims(std::uint64_t amount) const {
    return {{&tokens, "tokens", amount}, {&running, "running", 1}};
  }
};

}  // namespace penstock::limits::test
