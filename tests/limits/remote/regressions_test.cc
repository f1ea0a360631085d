// Failures of other gateways' limits that were reported to their makers, each by the number of its
// report in BerriAI/litellm. What they have in common is in docs/limits-across-processes.md.

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "limits/remote/world.h"

namespace penstock::limits::test {
namespace {

const Limit kTokens = bucket(1000, 60s);
const Limit kBudget = hourly(1000);
const Limit kSlots = slots(4);

bool grants(Store& store, std::vector<Claim> claims) {
  return std::holds_alternative<Reservation>(store.reserve(claims));
}

/// 3788 and 10555: a limit on tokens per minute was never enforced.
TEST(Litellm3788And10555, TokensOfEarlierRequestsCount) {
  RemoteWorld world;
  auto held = world.store().reserve(std::vector<Claim>{{&kTokens, "k", 100}});
  std::get<Reservation>(held).settle(std::vector<std::uint64_t>{990});
  world.catch_up();
  EXPECT_FALSE(grants(world.store(), {{&kTokens, "k", 100}}));
}

/// 14204 and 14237: each increment renewed the time to live of the window, which never ended.
TEST(Litellm14204And14237, ABusyWindowEndsAllTheSame) {
  RemoteWorld world;
  const Limit log = rolling_log(10, 10s);
  int granted = 0;
  for (int i = 0; i < 40; ++i) {
    auto counted = world.store().reserve(std::vector<Claim>{{&log, "k", 1}});
    if (auto* const held = std::get_if<Reservation>(&counted)) {
      held->settle(std::vector<std::uint64_t>{1});
      ++granted;
    }
    auto kept = world.store().reserve(std::vector<Claim>{{&kTokens, "k", 25}});
    if (auto* const held = std::get_if<Reservation>(&kept)) {
      held->settle(std::vector<std::uint64_t>{25});
    }
    world.pass(1s);
  }
  EXPECT_EQ(granted, 40) << "ten in ten seconds";
  world.pass(60s);
  EXPECT_TRUE(grants(world.store(), {{&kTokens, "k", 1000}}));
}

/// 16011: more requests ran in parallel than the limit said. 18730, 26672 and 34732: N requests at
/// once passed a limit, and a budget, that had room for one.
TEST(Litellm16011And18730And26672And34732, ParallelRequestsDoNotBypassALimit) {
  RemoteWorld world;
  std::atomic<int> granted = 0;
  std::vector<std::thread> threads;
  std::vector<Reservation> kept(32);
  for (Reservation& mine : kept) {
    threads.emplace_back([&] {
      auto result =
          world.store().reserve(std::vector<Claim>{{&kBudget, "team", 400}, {&kSlots, "team", 1}});
      if (auto* const held = std::get_if<Reservation>(&result)) {
        mine = std::move(*held);
        ++granted;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(granted, 2);
}

/// 20256: requests that timed out at the provider kept their slots, until nobody got in.
TEST(Litellm20256, TimeOutsGiveTheirSlotsBack) {
  RemoteWorld world;
  for (int round = 0; round < 50; ++round) {
    std::vector<Reservation> timed_out;
    for (std::uint64_t i = 0; i < kSlots.capacity; ++i) {
      auto result = world.store().reserve(std::vector<Claim>{{&kSlots, "k", 1}});
      ASSERT_TRUE(std::holds_alternative<Reservation>(result)) << "round " << round;
      timed_out.push_back(std::move(std::get<Reservation>(result)));
    }
    timed_out.clear();
    world.catch_up();
  }
}

/// 27001 and 27955: what was reserved and what was used were counted apart, and cancelled requests
/// kept what they had reserved.
TEST(Litellm27001And27955, WhatWasReservedIsReplacedByWhatWasUsed) {
  RemoteWorld world;
  for (int i = 0; i < 20; ++i) {
    auto used = world.store().reserve(std::vector<Claim>{{&kTokens, "k", 500}});
    ASSERT_TRUE(std::holds_alternative<Reservation>(used)) << i;
    std::get<Reservation>(used).settle(std::vector<std::uint64_t>{10});
    auto cancelled = world.store().reserve(std::vector<Claim>{{&kTokens, "k", 200}});
    EXPECT_TRUE(std::holds_alternative<Reservation>(cancelled)) << i;
    std::get<Reservation>(cancelled) = Reservation();
    world.catch_up();
  }
  EXPECT_EQ(world.store().list(kTokens, "k", 1).at(0).remaining, 800U);
}

/// 28805: a floor for the reservation that was above the limit answered 429 for ever.
TEST(Litellm28805, WhatNeverFitsIsSaidToBeSo) {
  RemoteWorld world;
  auto result = world.store().reserve(std::vector<Claim>{{&kTokens, "k", 1024}});
  ASSERT_TRUE(std::holds_alternative<Refusal>(result));
  EXPECT_EQ(std::get<Refusal>(result).why, Refusal::Why::kNeverFits);
}

/// 39309: a request that the parallel limit refused was counted by the limit on requests.
TEST(Litellm39309, WhoIsRefusedByOneLimitIsNotCountedByAnother) {
  RemoteWorld world;
  const Limit requests = rolling_log(10, 60s);
  const Limit one = slots(1);
  auto running = world.store().reserve(std::vector<Claim>{{&requests, "k", 1}, {&one, "k", 1}});
  ASSERT_TRUE(std::holds_alternative<Reservation>(running));
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(grants(world.store(), {{&requests, "k", 1}, {&one, "k", 1}}));
  }
  EXPECT_EQ(world.store().list(requests, "k", 1).at(0).remaining, 9U);
}

/// 40291: each replica looked at its own memory first, and together they granted the limit as often
/// as there were replicas.
TEST(Litellm40291, ReplicasGrantALimitOnce) {
  RemoteWorld world;
  std::vector<std::unique_ptr<Process>> replicas;
  for (int i = 0; i < 3; ++i) {
    replicas.push_back(
        std::make_unique<Process>(world.server(), world.clock, RemoteWorld::options()));
  }
  int granted = 0;
  for (int round = 0; round < 10; ++round) {
    for (const auto& replica : replicas) {
      auto result = replica->store->reserve(std::vector<Claim>{{&kTokens, "k", 100}});
      auto* const held = std::get_if<Reservation>(&result);
      if (held == nullptr) continue;
      held->settle(std::vector<std::uint64_t>{100});
      ++granted;
    }
  }
  EXPECT_EQ(granted, 10);
}

}  // namespace
}  // namespace penstock::limits::test
