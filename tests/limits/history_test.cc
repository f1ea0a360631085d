// Bugs that other gateways had, each as the sequence of requests that showed it. The numbers are
// those of LiteLLM's issues and pull requests where no other project is named.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "limits/memory_store.h"
#include "limits/store.h"
#include "support/manual_clock.h"

namespace penstock::limits::test {
namespace {

using namespace std::chrono_literals;

/// The store that the histories are told to.
std::unique_ptr<Store> make_store(const Clock& clock) {
  return std::make_unique<MemoryStore>(clock);
}

const Limit kTokens{"tokens", Unit::kTokens, Algorithm::kBucket, 1000, 60s};
const Limit kRequests{"requests", Unit::kRequests, Algorithm::kBucket, 60, 60s};
const Limit kLogged{"logged", Unit::kTokens, Algorithm::kLog, 1000, 60s};
const Limit kParallel{"parallel", Unit::kConcurrent, Algorithm::kSlots, 3};

const Limit& budget() {
  static const Limit limit{"budget",
                           Unit::kNanodollars,
                           Algorithm::kCalendar,
                           1'000'000'000,
                           0ms,
                           *Calendar::create(Period::kDay, "UTC")};
  return limit;
}

class History : public testing::Test {
 protected:
  std::variant<Reservation, Refusal> reserve(std::vector<Claim> claims) {
    return store->reserve(claims);
  }
  Reservation hold(std::vector<Claim> claims) {
    return std::get<Reservation>(reserve(std::move(claims)));
  }
  bool refuses(std::vector<Claim> claims) {
    return std::holds_alternative<Refusal>(reserve(std::move(claims)));
  }
  void use(std::vector<Claim> claims, std::uint64_t used) {
    const std::vector<std::uint64_t> all(claims.size(), used);
    hold(std::move(claims)).settle(all);
  }
  /// What is left, by asking for more and more of it.
  std::uint64_t remaining(const Limit& limit, const std::string& key) {
    std::uint64_t left = 0;
    for (std::uint64_t step = limit.capacity; step > 0; step /= 2) {
      while (!refuses({{&limit, key, left + step}})) left += step;
    }
    return left;
  }
  /// How many of that many threads are granted the claims, and keep them.
  int race(int threads, const std::vector<Claim>& claims) {
    std::latch start(threads);
    std::vector<std::optional<Reservation>> held(static_cast<std::size_t>(threads));
    std::atomic<int> granted = 0;
    std::vector<std::thread> all;
    for (auto& mine : held) {
      all.emplace_back([&] {
        start.arrive_and_wait();
        auto result = store->reserve(claims);
        if (auto* reservation = std::get_if<Reservation>(&result)) {
          mine = std::move(*reservation);
          ++granted;
        }
      });
    }
    for (std::thread& thread : all) thread.join();
    return granted;
  }

  penstock::test::ManualClock clock;
  std::unique_ptr<Store> store = make_store(clock);
};

// Tokens were counted only for the one entry point whose answers had the expected shape.
TEST_F(History, TokensPerMinuteAreEnforced_3788_10555) {
  use({{&kTokens, "k", 600}}, 600);
  use({{&kTokens, "k", 400}}, 400);
  EXPECT_TRUE(refuses({{&kTokens, "k", 1}}));
}

// Each increment set the expiry of the counter anew, so that under steady load a window never
// ended.
TEST_F(History, AWindowEndsUnderSteadyLoad_14204_14237) {
  for (const Limit* limit : {&kTokens, &kLogged}) {
    use({{limit, limit->name, 1000}}, 1000);
    int granted = 0;
    for (int second = 0; second < 180; ++second) {
      clock.advance(1s);
      auto result = reserve({{limit, limit->name, 15}});
      if (auto* reservation = std::get_if<Reservation>(&result)) {
        const std::uint64_t used = 15;
        reservation->settle({&used, 1});
        ++granted;
      }
    }
    EXPECT_GE(granted, 110) << limit->name;
  }
}

// The check and the increment were two steps, so that whatever came at once passed the check.
TEST_F(History, ParallelRequestsDoNotPassTheirLimit_16011) {
  EXPECT_EQ(race(100, {{&kParallel, "k", 1}}), 3);
  EXPECT_EQ(remaining(kParallel, "k"), 3U);
}

// All read the counter before the first of them had written it.
TEST_F(History, ConcurrentRequestsDoNotBypassTheTokens_18730_27001) {
  EXPECT_EQ(race(200, {{&kTokens, "k", 300}}), 3);
}

TEST_F(History, ConcurrentRequestsDoNotBypassABudget_26672_34732) {
  EXPECT_EQ(race(200, {{&budget(), "k", 300'000'000}}), 3);
}

// Calls that timed out kept their places for ever, until nobody was let in.
TEST_F(History, TimeoutsAndCancellationsFreeWhatTheyHeld_20256_27955) {
  for (int i = 0; i < 1000; ++i) {
    Reservation first = hold({{&kParallel, "k", 1}, {&kTokens, "k tokens", 700}});
    if (i % 2 == 0) first.settle({});  // else it is dropped, as on a stack that unwinds
  }
  EXPECT_EQ(remaining(kParallel, "k"), 3U);
  EXPECT_EQ(remaining(kTokens, "k tokens"), 1000U);
}

// A place was given back twice, by the failure and by its logging, and the count fell below zero.
TEST_F(History, APlaceThatIsGivenBackTwiceIsFreeOnce) {
  Reservation first = hold({{&kParallel, "k", 1}});
  const Reservation second = hold({{&kParallel, "k", 1}});
  first.settle({});
  first.settle({});
  EXPECT_EQ(remaining(kParallel, "k"), 2U);
}

// A request was reserved at least 1,024 tokens: with a limit of 1,000 it got "try again" for ever.
TEST_F(History, WhatNeverFitsIsNotToldToComeAgain_28805) {
  const auto result = reserve({{&kTokens, "k", 1024}});
  ASSERT_TRUE(std::holds_alternative<Refusal>(result));
  EXPECT_EQ(std::get<Refusal>(result).why, Refusal::Why::kNeverFits);
  EXPECT_EQ(std::get<Refusal>(result).retry_after, 0ms);
  EXPECT_EQ(remaining(kTokens, "k"), 1000U);
}

// What was used beyond the reservation was lost: reserve one token, use ten thousand.
TEST_F(History, WhatWasUsedBeyondTheReservationIsCharged_34728_37001) {
  use({{&kTokens, "k", 1}}, 1500);
  EXPECT_TRUE(refuses({{&kTokens, "k", 1}}));
  clock.advance(29s);  // 483 of the 500 that it owes
  EXPECT_TRUE(refuses({{&kTokens, "k", 1}}));
  clock.advance(2s);
  EXPECT_FALSE(refuses({{&kTokens, "k", 1}}));
}

// Requests that the parallel limit refused still counted against the requests per minute.
TEST_F(History, ARefusedRequestUsesUpNoOtherLimit_39309) {
  std::vector<Reservation> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(hold({{&kRequests, "k rpm", 1}, {&kParallel, "k", 1}}));
  }
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(
        refuses({{&kRequests, "k rpm", 1}, {&kTokens, "k tpm", 500}, {&kParallel, "k", 1}}));
  }
  EXPECT_EQ(remaining(kRequests, "k rpm"), 57U);
  EXPECT_EQ(remaining(kTokens, "k tpm"), 1000U);
}

// Portkey: a refused request emptied the bucket, so that a large one starved all others.
TEST_F(History, ARefusedLargeRequestLeavesTheBucketAsItWas) {
  use({{&kTokens, "k", 500}}, 500);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(refuses({{&kTokens, "k", 900}}));
  EXPECT_EQ(remaining(kTokens, "k"), 500U);
}

// Portkey: whoever asked often enough got no refill, since each question threw the fraction away.
TEST_F(History, QuestionsDoNotLoseFractionsOfTheRefill) {
  use({{&kTokens, "k", 1000}}, 1000);
  for (int i = 0; i < 6000; ++i) {
    clock.advance(1ms);  // a sixtieth of a token
    EXPECT_TRUE(refuses({{&kTokens, "k", 1000}}));
  }
  EXPECT_EQ(remaining(kTokens, "k"), 100U);
}

// TensorZero: what is refilled while a request holds tokens came on top when it gave them back.
TEST_F(History, AHoldOfManyWindowsDoesNotAddUpWhatOverflowed) {
  Reservation held = hold({{&kTokens, "k", 1000}});
  clock.advance(1h);
  const std::uint64_t used = 1000;
  held.settle({&used, 1});
  EXPECT_EQ(remaining(kTokens, "k"), 0U);
}

// Refunds went into the window in which the request ended, where nothing of it had been taken.
TEST_F(History, ARefundOfYesterdayIsNoBudgetOfToday) {
  Reservation held = hold({{&budget(), "k", 900'000'000}});
  clock.advance(24h);
  use({{&budget(), "k", 600'000'000}}, 600'000'000);
  held.settle({});
  EXPECT_EQ(remaining(budget(), "k"), 400'000'000U);
}

}  // namespace
}  // namespace penstock::limits::test
