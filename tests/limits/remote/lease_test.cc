#include <chrono>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "limits/remote/world.h"

namespace penstock::limits::test {
namespace {

/// One unit flows in in half a minute: none in the time that a test takes.
const Limit kTokens = bucket(1'000'000, kMaxWindow);

std::optional<Reservation> take(Store& store, std::uint64_t amount, Care care = Care::kTake) {
  auto result = store.reserve(std::vector<Claim>{{&kTokens, "k", amount}}, care);
  auto* const held = std::get_if<Reservation>(&result);
  return held == nullptr ? std::nullopt : std::optional(std::move(*held));
}

std::uint64_t spend(Store& store, std::uint64_t amount) {
  auto held = take(store, amount);
  if (!held) return 0;
  held->settle(std::vector<std::uint64_t>{amount});
  return amount;
}

/// A store whose meter is hot: it has a slice of it.
class Hot : public testing::Test {
 protected:
  Hot() {
    for (int i = 0; i < 250; ++i) spent_ += spend(store(), 1);
    world_.catch_up();
  }
  Store& store() { return world_.store(); }
  std::uint64_t reserved() { return look().reserved; }
  MeterView look() {
    world_.catch_up();
    return store().list(kTokens, "k", 1).at(0);
  }
  /// The slices have gone back.
  void cool_down() {
    world_.pass(5s);
    EXPECT_TRUE(eventually([&] { return reserved() == 0; }));
  }

  RemoteWorld world_;
  std::uint64_t spent_ = 0;
};

TEST_F(Hot, RequestsCostNoRoundTrips) {
  EXPECT_GT(reserved(), 1000U);
  const std::int64_t before = world_.process().round_trips("ok");
  for (int i = 0; i < 10'000; ++i) spent_ += spend(store(), 1);
  EXPECT_EQ(spent_, 10'250U);
  world_.catch_up();
  EXPECT_LT(world_.process().round_trips("ok") - before, 100);
  cool_down();
  EXPECT_EQ(look().used, spent_);
}

TEST_F(Hot, SlicesServeWhileTheServerIsAway) {
  world_.server().freeze();
  EXPECT_EQ(spend(store(), 10), 10U);
  world_.server().thaw();
}

TEST_F(Hot, WhatIsLentIsChargedExactlyHoweverItEnds) {
  std::mt19937 random(1);
  std::vector<std::pair<Reservation, std::uint64_t>> open;
  const auto end_one = [&] {
    std::swap(open[random() % open.size()], open.back());
    auto& [held, amount] = open.back();
    if (random() % 4 == 0 && held.extend(std::vector<std::uint64_t>{30})) amount += 30;
    const std::uint64_t used = random() % (amount + 20);  // some overrun
    held.settle(std::vector<std::uint64_t>{used});
    spent_ += used;
    open.pop_back();
  };
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t amount = 1 + random() % 100;
    if (auto held = take(store(), amount)) open.emplace_back(std::move(*held), amount);
    while (open.size() > 20) end_one();
    if (i % 1000 == 0) world_.pass(5s);  // slices go back while parts of them are lent
  }
  while (!open.empty()) end_one();
  cool_down();
  EXPECT_EQ(look().used, spent_);
}

TEST_F(Hot, AReservationOfASliceThatDiesUnsettledIsGivenBack) {
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(take(store(), 50));
  cool_down();
  EXPECT_EQ(look().used, spent_);
}

TEST_F(Hot, ASliceGoesBackWhenTheStoreDies) {
  EXPECT_GT(reserved(), 0U);
  world_.process().store.reset();
  Process another(world_.server(), world_.clock, RemoteWorld::options());
  const MeterView left = another.store->list(kTokens, "k", 1).at(0);
  EXPECT_EQ(left.reserved, 0U);
  EXPECT_EQ(left.used, spent_);
}

TEST_F(Hot, NothingIsLentWhereNotAmpleIsLeft) {
  EXPECT_TRUE(take(store(), 1, Care::kIfAmple));
  Process another(world_.server(), world_.clock, RemoteWorld::options());
  EXPECT_EQ(spend(*another.store, 200'000), 200'000U);
  EXPECT_TRUE(another.catches_up());
  (void)take(store(), 50'000);  // more than a slice: asks, and sees it
  EXPECT_FALSE(take(store(), 1, Care::kIfAmple));
}

TEST_F(Hot, TwoProcessesGetTheWholeLimitAndNoMore) {
  Process another(world_.server(), world_.clock, RemoteWorld::options());
  std::uint64_t granted = spent_;
  bool more = true;
  while (more) {
    more = false;
    for (Store* each : {&store(), another.store.get()}) {
      for (int i = 0; i < 50; ++i) {
        const std::uint64_t got = spend(*each, 997);
        granted += got;
        more = more || got > 0;
      }
    }
  }
  EXPECT_LE(granted, kTokens.capacity);
  world_.pass(5s);  // what was stranded in slices is back
  EXPECT_TRUE(another.catches_up());
  EXPECT_TRUE(eventually([&] { return reserved() == 0; }));
  while (spend(store(), 997) > 0) granted += 997;
  EXPECT_LE(granted, kTokens.capacity);
  EXPECT_GT(granted + 997, kTokens.capacity);
}

TEST(Lease, CanBeTurnedOff) {
  RemoteWorld world;
  RemoteOptions options = RemoteWorld::options();
  options.lease = false;
  Process process(world.server(), world.clock, options);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(spend(*process.store, 1), 1U);
  EXPECT_TRUE(process.catches_up());
  EXPECT_EQ(process.store->list(kTokens, "k", 1).at(0).reserved, 0U);
  EXPECT_GE(process.round_trips("ok"), 500);
}

}  // namespace
}  // namespace penstock::limits::test
