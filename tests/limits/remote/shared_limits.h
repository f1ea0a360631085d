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

  /// Of the tokens alone a process may lease slices; with slots every request is asked for.
  std::vector<Claim> claims(std::uint64_t amount, bool with_slots = true) const {
    std::vector<Claim> all{{&tokens, "tokens", amount}};
    if (with_slots) all.push_back({&running, "running", 1});
    return all;
  }
};

}  // namespace penstock::limits::test
