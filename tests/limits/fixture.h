#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "limits/buckets.h"
#include "support/manual_clock.h"

namespace penstock::limits::test {

using namespace std::chrono_literals;

/// Buckets on a clock that a test moves.
struct Fixture {
  explicit Fixture(std::size_t max_buckets = 1000) : buckets(clock, max_buckets) {}

  std::variant<Reservation, Refusal> reserve(std::vector<Claim> claims, std::uint64_t amount) {
    return buckets.reserve(claims, amount);
  }
  /// Reserves what must be granted.
  Reservation hold(std::vector<Claim> claims, std::uint64_t amount) {
    return std::get<Reservation>(buckets.reserve(claims, amount));
  }
  /// Reserves what must be refused.
  Refusal refused(std::vector<Claim> claims, std::uint64_t amount) {
    return std::get<Refusal>(buckets.reserve(claims, amount));
  }
  void spend(std::vector<Claim> claims, std::uint64_t amount) {
    hold(std::move(claims), amount).settle(amount);
  }
  std::uint64_t remaining(const Claim& claim) { return buckets.look(claim).remaining; }

  penstock::test::ManualClock clock;
  Buckets buckets;
};

}  // namespace penstock::limits::test
