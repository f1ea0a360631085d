#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "limits/memory_store.h"
#include "support/manual_clock.h"

namespace penstock::limits::test {

using namespace std::chrono_literals;

inline Limit bucket_limit(std::string name, std::uint64_t capacity,
                          std::chrono::milliseconds every) {
  return {std::move(name), Unit::kTokens, Algorithm::kBucket, capacity, every, {}};
}

/// The same amount for each of up to four claims.
inline std::array<std::uint64_t, 4> each(std::uint64_t amount) {
  return {amount, amount, amount, amount};
}

/// A store in memory on a clock that a test moves.
struct Fixture {
  explicit Fixture(std::size_t max_meters = 1000) : store(clock, max_meters) {}

  std::variant<Reservation, Refusal> reserve(std::vector<Claim> claims, std::uint64_t amount,
                                             Care care = Care::kTake) {
    for (Claim& claim : claims) claim.amount = amount;
    return store.reserve(claims, care);
  }
  /// Reserves what must be granted.
  Reservation hold(std::vector<Claim> claims, std::uint64_t amount) {
    return std::get<Reservation>(reserve(std::move(claims), amount));
  }
  /// Reserves what must be refused.
  Refusal refused(std::vector<Claim> claims, std::uint64_t amount) {
    return std::get<Refusal>(reserve(std::move(claims), amount));
  }
  void spend(std::vector<Claim> claims, std::uint64_t amount) {
    hold(std::move(claims), amount).settle(each(amount));
  }
  std::uint64_t remaining(const Claim& claim) {
    return store.look(*claim.limit, claim.key).remaining;
  }
  std::chrono::milliseconds reset(const Claim& claim) {
    return store.look(*claim.limit, claim.key).reset;
  }

  penstock::test::ManualClock clock;
  MemoryStore store;
};

}  // namespace penstock::limits::test
