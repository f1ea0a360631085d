#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "limits/sliding_log.h"
#include "limits/store.h"
#include "limits/world.h"

namespace penstock::limits::test {

/// What every store of limits has to do, whatever is behind it. A test program instantiates it:
///
///   INSTANTIATE_TEST_SUITE_P(Memory, StoreSuite, testing::Values(&make_memory_world));

class StoreSuite : public testing::TestWithParam<std::function<std::unique_ptr<World>()>> {
 protected:
  using Claims = std::vector<Claim>;

  std::variant<Reservation, Refusal> ask(const Claims& claims, Care care = Care::kTake) {
    return world_->store().reserve(claims, care);
  }
  /// A reservation that has to be granted.
  Reservation hold(const Claims& claims) {
    auto result = ask(claims);
    EXPECT_TRUE(std::holds_alternative<Reservation>(result)) << "refused: " << claims.at(0).key;
    auto* const held = std::get_if<Reservation>(&result);
    return held == nullptr ? Reservation() : std::move(*held);
  }
  /// A refusal that has to come.
  Refusal refuse(const Claims& claims, Care care = Care::kTake) {
    auto result = ask(claims, care);
    auto* const refusal = std::get_if<Refusal>(&result);
    EXPECT_NE(refusal, nullptr) << "granted: " << claims.at(0).key;
    return refusal == nullptr ? Refusal{} : std::move(*refusal);
  }
  bool grants(const Claims& claims) { return std::holds_alternative<Reservation>(ask(claims)); }
  void spend(const Claims& claims, std::vector<std::uint64_t> used) {
    Reservation held = hold(claims);
    held.settle(used);
    world_->catch_up();
  }
  /// How a meter stands; untouched where the store does not know it.
  MeterView look(const Limit& limit, const std::string& key) {
    world_->catch_up();
    const auto views = world_->store().list(limit, key, 1);
    if (views.empty() || views[0].key != key) return {key, 0, 0, limit.capacity, 0ms};
    return views[0];
  }
  std::uint64_t remaining(const Limit& limit, const std::string& key) {
    return look(limit, key).remaining;
  }

  std::unique_ptr<World> world_ = GetParam()();
};

TEST_P(StoreSuite, ABucketHoldsSettlesAndRefills) {
  const Limit limit = bucket(600, 60s);
  Reservation held = hold({{&limit, "k", 500}});
  EXPECT_EQ(held.standings().at(0).remaining, 100U);
  EXPECT_EQ(look(limit, "k").reserved, 500U);
  held.settle(std::vector<std::uint64_t>{200});
  EXPECT_EQ(remaining(limit, "k"), 400U);
  EXPECT_EQ(look(limit, "k").used, 200U);
  world_->pass(10s);
  EXPECT_EQ(remaining(limit, "k"), 500U);
  world_->pass(50s);
  EXPECT_EQ(remaining(limit, "k"), 600U);
}

TEST_P(StoreSuite, TellsWhenAnAmountFits) {
  const Limit limit = bucket(600, 60s);
  spend({{&limit, "k", 600}}, {600});
  const Refusal refusal = refuse({{&limit, "k", 5}});
  EXPECT_EQ(refusal.why, Refusal::Why::kNotNow);
  EXPECT_EQ(refusal.standing.limit, &limit);
  EXPECT_EQ(refusal.key, "k");
  EXPECT_GT(refusal.retry_after, 490ms);
  EXPECT_LE(refusal.retry_after, 500ms);
  world_->pass(499ms);
  EXPECT_FALSE(grants({{&limit, "k", 5}}));
  world_->pass(1ms);
  EXPECT_TRUE(grants({{&limit, "k", 5}}));
}

TEST_P(StoreSuite, ASmallAmountFitsWhereALargeOneWasRefused) {
  const Limit limit = bucket(100, 60s);
  spend({{&limit, "k", 90}}, {90});
  EXPECT_FALSE(grants({{&limit, "k", 50}}));
  EXPECT_FALSE(grants({{&limit, "k", 50}}));
  EXPECT_TRUE(grants({{&limit, "k", 10}}));
}

TEST_P(StoreSuite, WhatComesBackFitsAtOnceThoughTheTimeToldIsNotOver) {
  const Limit limit = bucket(100, 60s);
  Reservation held = hold({{&limit, "k", 100}});
  EXPECT_GT(refuse({{&limit, "k", 60}}).retry_after, 30s);
  held.settle(std::vector<std::uint64_t>{10});
  world_->catch_up();
  EXPECT_TRUE(grants({{&limit, "k", 60}}));
}

TEST_P(StoreSuite, MoreThanTheWholeLimitNeverFits) {
  const Limit limit = bucket(1000, 60s);
  const Refusal refusal = refuse({{&limit, "k", 1001}});
  EXPECT_EQ(refusal.why, Refusal::Why::kNeverFits);
  EXPECT_EQ(refusal.retry_after, 0ms);
  EXPECT_EQ(remaining(limit, "k"), 1000U);
}

TEST_P(StoreSuite, TakesFromAllOrFromNone) {
  const Limit tokens = bucket(100, 60s);
  const Limit requests = rolling_log(10, 60s);
  const Limit money = hourly(1000);
  const Limit running = slots(1);
  const auto claims = [&] {
    return Claims{{&tokens, "t", 40}, {&requests, "r", 1}, {&money, "m", 300}, {&running, "s", 1}};
  };
  Reservation first = hold(claims());
  const Refusal refusal = refuse(claims());
  EXPECT_EQ(refusal.standing.limit, &running);
  EXPECT_EQ(refusal.key, "s");
  EXPECT_EQ(remaining(tokens, "t"), 60U);
  EXPECT_EQ(remaining(requests, "r"), 9U);
  EXPECT_EQ(remaining(money, "m"), 700U);
  first.settle(std::vector<std::uint64_t>{40, 1, 250, 1});
  EXPECT_EQ(remaining(tokens, "t"), 60U);
  EXPECT_EQ(remaining(requests, "r"), 9U);
  EXPECT_EQ(remaining(money, "m"), 750U);
  EXPECT_EQ(remaining(running, "s"), 1U);
}

TEST_P(StoreSuite, NamesTheLimitToWaitLongestFor) {
  const Limit minute = bucket(60, 60s);
  const Limit day = bucket(60, 24h);
  spend({{&minute, "a", 60}, {&day, "b", 60}}, {60, 60});
  const Refusal refusal = refuse({{&minute, "a", 1}, {&day, "b", 1}});
  EXPECT_EQ(refusal.key, "b");
  EXPECT_GT(refusal.retry_after, 20min);
}

TEST_P(StoreSuite, AnOverrunIsOwedDownToMinusOneCapacity) {
  const Limit limit = bucket(100, 100s);
  spend({{&limit, "k", 10}}, {150});
  EXPECT_EQ(remaining(limit, "k"), 0U);
  EXPECT_EQ(look(limit, "k").used, 150U);
  const auto wait = refuse({{&limit, "k", 1}}).retry_after;
  EXPECT_GT(wait, 50s);
  EXPECT_LE(wait, 51s);
  world_->pass(51s);
  spend({{&limit, "k", 1}}, {1'000'000});
  EXPECT_EQ(look(limit, "k").used, 200U);  // minus one capacity
  world_->pass(100s);
  EXPECT_EQ(remaining(limit, "k"), 0U);
  world_->pass(1s);
  EXPECT_EQ(remaining(limit, "k"), 1U);
}

TEST_P(StoreSuite, ACalendarGrantsAnewInTheNextPeriodAndChargesTheOneOfTheAdmission) {
  const Limit limit = hourly(1000);
  Reservation late = hold({{&limit, "k", 600}});
  EXPECT_EQ(remaining(limit, "k"), 400U);
  const Refusal refusal = refuse({{&limit, "k", 401}});
  const auto left = std::chrono::ceil<std::chrono::hours>(world_->now() + 1ms) - world_->now();
  EXPECT_LE(refusal.retry_after, left);
  EXPECT_GT(refusal.retry_after, left - 1s);
  world_->pass(std::chrono::ceil<milliseconds>(left));
  EXPECT_EQ(remaining(limit, "k"), 1000U);
  spend({{&limit, "k", 100}}, {100});
  late.settle(std::vector<std::uint64_t>{900});
  EXPECT_EQ(remaining(limit, "k"), 900U);
}

TEST_P(StoreSuite, ACalendarTakesDebtWithinItsPeriod) {
  const Limit limit = hourly(100);
  spend({{&limit, "k", 50}}, {500});
  EXPECT_EQ(look(limit, "k").used, 200U);
  EXPECT_FALSE(grants({{&limit, "k", 1}}));
}

TEST_P(StoreSuite, ALogGivesEachAmountBackWhenItIsOldEnough) {
  const Limit limit = rolling_log(10, 10s);
  spend({{&limit, "k", 6}}, {6});
  world_->pass(4s);
  spend({{&limit, "k", 4}}, {4});
  world_->pass(5s);
  const Refusal refusal = refuse({{&limit, "k", 1}});
  EXPECT_EQ(refusal.retry_after, 1s);
  EXPECT_GT(refuse({{&limit, "k", 7}}).retry_after, 4s);
  world_->pass(1s);
  EXPECT_EQ(remaining(limit, "k"), 6U);
  world_->pass(4s);
  EXPECT_EQ(remaining(limit, "k"), 10U);
}

TEST_P(StoreSuite, ALogIsCorrectedWhereTheAmountWasTaken) {
  const Limit limit = rolling_log(10, 10s);
  Reservation held = hold({{&limit, "k", 8}});
  world_->pass(6s);
  held.settle(std::vector<std::uint64_t>{3});
  EXPECT_EQ(remaining(limit, "k"), 7U);
  world_->pass(4s);
  EXPECT_EQ(remaining(limit, "k"), 10U);
}

TEST_P(StoreSuite, SlotsComeBackWhateverWasUsed) {
  const Limit limit = slots(2);
  Reservation first = hold({{&limit, "k", 1}});
  Reservation second = hold({{&limit, "k", 1}});
  EXPECT_EQ(refuse({{&limit, "k", 1}}).why, Refusal::Why::kNotNow);
  first.settle(std::vector<std::uint64_t>{1});
  world_->catch_up();
  EXPECT_EQ(remaining(limit, "k"), 1U);
  Reservation third = hold({{&limit, "k", 1}});
  EXPECT_FALSE(grants({{&limit, "k", 1}}));
}

TEST_P(StoreSuite, MetersOfDifferentKeysAreApart) {
  const Limit limit = bucket(10, 60s);
  spend({{&limit, std::string("a\0b\r\n{x}*", 9), 10}}, {10});
  EXPECT_EQ(remaining(limit, std::string("a\0b\r\n{x}*", 9)), 0U);
  EXPECT_TRUE(grants({{&limit, "a", 10}}));
  EXPECT_TRUE(grants({{&limit, std::string("a\0c", 3), 10}}));
}

TEST_P(StoreSuite, ExtendsAllOrNothing) {
  const Limit tokens = bucket(100, 60s);
  const Limit money = hourly(50);
  Reservation held = hold({{&tokens, "t", 10}, {&money, "m", 10}});
  EXPECT_TRUE(held.extend(std::vector<std::uint64_t>{20, 5}));
  EXPECT_EQ(remaining(tokens, "t"), 70U);
  EXPECT_FALSE(held.extend(std::vector<std::uint64_t>{20, 36}));
  EXPECT_EQ(remaining(tokens, "t"), 70U);
  EXPECT_EQ(remaining(money, "m"), 35U);
  held.settle(std::vector<std::uint64_t>{25, 12});
  EXPECT_EQ(remaining(tokens, "t"), 75U);
  EXPECT_EQ(remaining(money, "m"), 38U);
  EXPECT_FALSE(held.extend(std::vector<std::uint64_t>{1, 1}));
}

TEST_P(StoreSuite, OnlyTheFirstSettlementCounts) {
  const Limit limit = bucket(100, 60s);
  Reservation held = hold({{&limit, "k", 60}});
  held.settle(std::vector<std::uint64_t>{20});
  held.settle(std::vector<std::uint64_t>{90});
  held = Reservation();
  EXPECT_EQ(remaining(limit, "k"), 80U);
}

TEST_P(StoreSuite, WhatDiesUnsettledIsGivenBack) {
  const Limit limit = bucket(100, 60s);
  const Limit running = slots(1);
  hold({{&limit, "k", 60}, {&running, "s", 1}}) = Reservation();
  EXPECT_EQ(remaining(limit, "k"), 100U);
  EXPECT_EQ(remaining(running, "s"), 1U);
}

TEST_P(StoreSuite, AmplenessIsSevenEighthsLeftOver) {
  const Limit limit = bucket(800, 60s);
  Reservation held;
  {
    auto result = ask({{&limit, "k", 100}}, Care::kIfAmple);
    ASSERT_TRUE(std::holds_alternative<Reservation>(result));
    held = std::move(std::get<Reservation>(result));
  }
  EXPECT_EQ(refuse({{&limit, "k", 1}}, Care::kIfAmple).why, Refusal::Why::kNotAmple);
  EXPECT_EQ(refuse({{&limit, "k", 10'000}}, Care::kIfAmple).why, Refusal::Why::kNotAmple);
  EXPECT_EQ(remaining(limit, "k"), 700U);
  EXPECT_TRUE(grants({{&limit, "k", 1}}));
}

TEST_P(StoreSuite, HearsOfWhatComesBack) {
  struct Listener final : ReleaseListener {
    void on_release() override { heard = true; }
    std::atomic<bool> heard = false;
  } listener;
  const Limit limit = bucket(100, 60s);
  world_->store().add_listener(listener);
  spend({{&limit, "k", 60}}, {20});
  EXPECT_TRUE(listener.heard);
  world_->store().remove_listener(listener);
}

TEST_P(StoreSuite, ListsByPrefixInOrder) {
  const Limit limit = bucket(100, 60s);
  for (const char* key : {"p/c", "p/a", "q/a", "p/b", "p*"}) spend({{&limit, key, 10}}, {10});
  const auto views = world_->store().list(limit, "p/", 2);
  ASSERT_EQ(views.size(), 2U);
  EXPECT_EQ(views[0].key, "p/a");
  EXPECT_EQ(views[1].key, "p/b");
  EXPECT_EQ(views[0].remaining, 90U);
  EXPECT_EQ(views[0].reset, 6s);
  EXPECT_EQ(world_->store().list(limit, "p*", 9).size(), 1U);
}

TEST_P(StoreSuite, CountsTheLargestNumbersExactly) {
  const Limit limit = bucket(kMaxCapacity, kMaxWindow);
  spend({{&limit, "k", kMaxCapacity - 1}}, {kMaxCapacity - 1});
  EXPECT_EQ(remaining(limit, "k"), 1U);
  // 31,622,400 units flow in with each microsecond and a bit; none is lost to rounding.
  world_->pass(1000ms);
  const std::uint64_t inflow = 1 + kMaxCapacity / 31'622'400;
  EXPECT_EQ(remaining(limit, "k"), inflow);
  world_->pass(kMaxWindow / 2 - 1000ms);
  EXPECT_EQ(remaining(limit, "k"), 1 + kMaxCapacity / 2);
}

TEST_P(StoreSuite, NoSlowRefillIsLost) {
  const Limit limit = bucket(3, 1000s);
  spend({{&limit, "k", 3}}, {3});
  for (int i = 0; i < 999; ++i) {
    world_->pass(1s);
    if (i % 100 == 0) {
      EXPECT_FALSE(grants({{&limit, "k", 3}}));
    }
  }
  EXPECT_FALSE(grants({{&limit, "k", 3}}));
  world_->pass(1s);
  EXPECT_TRUE(grants({{&limit, "k", 3}}));
}

TEST_P(StoreSuite, AdmitsWhatASlidingLogAllowsAndNoMoreHoweverLongTheHolds) {
  for (const unsigned seed : {1U, 2U, 3U, 4U}) {
    std::mt19937_64 random(seed);
    const auto upto = [&random](std::uint64_t most) {
      return std::uniform_int_distribution<std::uint64_t>(0, most)(random);
    };
    const Limit limit = bucket(1 + upto(200), milliseconds(1 + upto(70'000)));
    const std::string key = "k" + std::to_string(seed);
    struct Open {
      Reservation held;
      std::size_t index;
      std::uint64_t amount;
    };
    SlidingLog log(limit);
    std::vector<Open> open;
    std::size_t admitted = 0;
    for (int i = 0; i < 200; ++i) {
      const auto window = static_cast<std::uint64_t>(limit.every.count());
      world_->pass(milliseconds(upto(window / (upto(9) == 0 ? 1 : 20))));
      // In the first half nothing is held over a step: then it admits exactly what the log allows.
      if (i < 100) {
        const std::uint64_t amount = 1 + upto(limit.capacity);
        auto result = ask({{&limit, key, amount}});
        auto* const held = std::get_if<Reservation>(&result);
        ASSERT_EQ(held != nullptr,
                  amount <= limit.capacity && log.fits(world_->now().time_since_epoch(), amount))
            << "step " << i << " of seed " << seed;
        if (held == nullptr) continue;
        held->settle(std::vector<std::uint64_t>{amount});
        world_->catch_up();
        log.admit(world_->now().time_since_epoch(), amount);
        ++admitted;
        continue;
      }
      if (!open.empty() && upto(2) == 0) {
        std::swap(open[upto(open.size() - 1)], open.back());
        const std::uint64_t used = upto(open.back().amount);
        open.back().held.settle(std::vector<std::uint64_t>{used});
        world_->catch_up();
        log.correct(open.back().index, used);
        open.pop_back();
        continue;
      }
      const std::uint64_t amount = 1 + upto(limit.capacity / 2);
      auto result = ask({{&limit, key, amount}});
      if (auto* const held = std::get_if<Reservation>(&result)) {
        open.push_back(
            {std::move(*held), log.admit(world_->now().time_since_epoch(), amount), amount});
      }
    }
    for (Open& left : open) {
      left.held.settle(std::vector<std::uint64_t>{left.amount});
      log.correct(left.index, left.amount);
    }
    EXPECT_GT(admitted, 5U);
    EXPECT_TRUE(log.holds()) << "seed " << seed;
  }
}

TEST_P(StoreSuite, NothingLeaksHoweverReservationsEnd) {
  const Limit tokens = bucket(1000, 60s);
  const Limit requests = rolling_log(50, 60s);
  const Limit running = slots(20);
  std::mt19937 random(7);
  std::vector<Reservation> open;
  for (int i = 0; i < 400; ++i) {
    auto result = ask({{&tokens, "t", random() % 100}, {&requests, "r", 1}, {&running, "s", 1}});
    if (auto* const held = std::get_if<Reservation>(&result)) open.push_back(std::move(*held));
    if (open.empty() || random() % 3 == 0) continue;
    Reservation& ending = open[random() % open.size()];
    if (random() % 2 == 0) (void)ending.extend(std::vector<std::uint64_t>{random() % 50, 0, 0});
    if (random() % 2 == 0) ending.settle({});
    std::swap(ending, open.back());
    open.pop_back();
  }
  open.clear();
  EXPECT_EQ(look(tokens, "t").reserved, 0U);
  EXPECT_EQ(remaining(tokens, "t"), 1000U);
  EXPECT_EQ(remaining(requests, "r"), 50U);
  EXPECT_EQ(remaining(running, "s"), 20U);
}

}  // namespace penstock::limits::test
