#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "limits/remote/world.h"
#include "support/redis_server.h"

namespace penstock::limits::test {
namespace {

using penstock::test::kPatience;
using penstock::test::RedisServer;
using testing::HasSubstr;

/// One limit for each policy, so large a window that nothing flows in meanwhile.
struct Policies {
  Limit local{"local", Unit::kTokens, Algorithm::kBucket, 1000, std::chrono::hours(1000)};
  Limit open{"open", Unit::kTokens, Algorithm::kBucket, 1000, std::chrono::hours(1000)};
  Limit closed{"closed", Unit::kTokens, Algorithm::kBucket, 1000, std::chrono::hours(1000)};

  Policies() {
    open.on_store_failure = OnStoreFailure::kOpen;
    closed.on_store_failure = OnStoreFailure::kClosed;
  }
};

/// What was granted and settled in full; 0: refused.
std::uint64_t spend(Store& store, const Limit& limit, std::uint64_t amount) {
  auto result = store.reserve(std::vector<Claim>{{&limit, limit.name, amount}});
  auto* const held = std::get_if<Reservation>(&result);
  if (held == nullptr) return 0;
  held->settle(std::vector<std::uint64_t>{amount});
  return amount;
}

MeterView look(Store& store, const Limit& limit) {
  const auto views = store.list(limit, limit.name, 1);
  return views.empty() ? MeterView{} : views[0];
}

Refusal::Why why_refused(Store& store, const Limit& limit) {
  auto result = store.reserve(std::vector<Claim>{{&limit, limit.name, 1}});
  EXPECT_TRUE(std::holds_alternative<Refusal>(result));
  return std::get<Refusal>(result).why;
}

/// Asks until the store is not asked any more; how much of the limit that took.
std::uint64_t spend_until_cut_off(Process& process, const Limit& limit) {
  std::uint64_t spent = 0;
  EXPECT_TRUE(eventually([&] {
    const auto begun = std::chrono::steady_clock::now();
    spent += spend(*process.store, limit, 1);
    // The time-out is 250 ms; the bound is for a machine that is busy with something else.
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
    return !process.asks();
  }));
  return spent;
}

/// Longer than the default, so that a busy machine is no outage.
RemoteOptions patient() {
  RemoteOptions options;
  options.timeout = 250ms;
  return options;
}

enum class Outage { kShort, kLong };

class FrozenServer : public testing::TestWithParam<Outage> {};

TEST_P(FrozenServer, IsNotWaitedForAndHearsOnceOfWhatWasUsedMeanwhile) {
  RedisServer server;
  Process process(server, system_clock(), patient());
  Store& store = *process.store;
  const Policies limits;
  EXPECT_EQ(spend(store, limits.local, 100), 100U);
  EXPECT_EQ(spend(store, limits.closed, 100), 100U);
  auto result = store.reserve(std::vector<Claim>{{&limits.local, "local", 50}});
  ASSERT_TRUE(std::holds_alternative<Reservation>(result));
  Reservation over_the_outage = std::move(std::get<Reservation>(result));
  ASSERT_TRUE(process.catches_up());

  server.freeze();
  std::uint64_t used = 100 + spend_until_cut_off(process, limits.local);
  EXPECT_THAT(process.words(), HasSubstr("cannot be used: the server does not answer in time"));
  used += spend(store, limits.local, 300);
  EXPECT_EQ(spend(store, limits.local, 600), 0U) << "more than was left";
  const std::uint64_t open = spend(store, limits.open, 900) + spend(store, limits.open, 900);
  EXPECT_EQ(open, 1800U);
  EXPECT_EQ(why_refused(store, limits.closed), Refusal::Why::kStoreDown);
  over_the_outage.settle(std::vector<std::uint64_t>{20});
  used += 20;
  if (GetParam() == Outage::kLong) {  // the connection is given up
    EXPECT_TRUE(eventually([&] { return process.round_trips("lost") > 0; }));
  }

  server.thaw();
  EXPECT_TRUE(eventually([&] { return process.asks(); }));
  EXPECT_TRUE(process.catches_up());
  EXPECT_THAT(process.words(), HasSubstr("is used again"));
  // What was asked on a connection that was given up may be done last of all.
  EXPECT_TRUE(eventually([&] { return look(store, limits.local).reserved == 0; }));
  EXPECT_EQ(look(store, limits.local).used, used);
  EXPECT_EQ(look(store, limits.open).used, open);
  EXPECT_EQ(look(store, limits.closed).used, 100U);
  EXPECT_EQ(spend(store, limits.closed, 900), 900U);
}

INSTANTIATE_TEST_SUITE_P(Outages, FrozenServer, testing::Values(Outage::kShort, Outage::kLong));

class RestartedServer : public testing::TestWithParam<bool> {};

TEST_P(RestartedServer, IsFoundAgainAndToldWhatWasUsed) {
  const bool keeps_data = GetParam();
  RedisServer server({.keeps_data = keeps_data});
  Process process(server, system_clock(), patient());
  const Policies limits;
  EXPECT_EQ(spend(*process.store, limits.local, 100), 100U);
  ASSERT_TRUE(process.catches_up());
  server.stop();
  EXPECT_TRUE(eventually([&] { return !process.asks(); }));
  EXPECT_EQ(spend(*process.store, limits.local, 30), 30U);
  EXPECT_EQ(why_refused(*process.store, limits.closed), Refusal::Why::kStoreDown);
  server.start();
  EXPECT_TRUE(eventually([&] { return process.asks(); }));
  EXPECT_TRUE(process.catches_up());
  EXPECT_EQ(look(*process.store, limits.local).used, keeps_data ? 130U : 30U);
}

INSTANTIATE_TEST_SUITE_P(Data, RestartedServer, testing::Bool());

TEST(StoreFailure, AnUnreachableServerIsAWarningAndTheShareOfOne) {
  const penstock::test::Listener nobody;
  nobody.shut_down();
  Process process(nobody.port(), system_clock());
  EXPECT_TRUE(eventually([&] { return !process.asks(); }));
  const Policies limits;
  EXPECT_EQ(spend(*process.store, limits.local, 1000), 1000U);
  EXPECT_EQ(why_refused(*process.store, limits.local), Refusal::Why::kNotNow);
  EXPECT_THAT(process.words(), HasSubstr("valkey://127.0.0.1:"));
}

TEST(StoreFailure, SharesAreAnNthForNProcesses) {
  RedisServer server;
  Process one(server, system_clock(), patient());
  Process two(server, system_clock(), patient());
  EXPECT_TRUE(eventually([&] { return one.metrics.total(remote::kStoreProcesses) == 2; }));
  server.stop();
  EXPECT_TRUE(eventually([&] { return !one.asks(); }));
  const Policies limits;
  EXPECT_EQ(spend(*one.store, limits.local, 501), 0U);
  EXPECT_EQ(spend(*one.store, limits.local, 500), 500U);
}

TEST(StoreFailure, WhoEndsWithoutAServerSaysHowMuchItDidNotHear) {
  RedisServer server;
  Process process(server, system_clock(), patient());
  const Policies limits;
  EXPECT_EQ(spend(*process.store, limits.local, 1), 1U);
  EXPECT_TRUE(process.catches_up());
  server.stop();
  EXPECT_TRUE(eventually([&] { return !process.asks(); }));
  EXPECT_EQ(spend(*process.store, limits.local, 1), 1U);
  process.store.reset();
  EXPECT_EQ(process.metrics.total(remote::kStoreJournalLost), 1);
  EXPECT_EQ(process.metrics.total(remote::kStoreJournal), 0);
  EXPECT_THAT(process.words(), HasSubstr("was not told what the last requests used"));
}

TEST(StoreFailure, WhatWasSettledJustBeforeTheEndIsTold) {
  RedisServer server;
  const Policies limits;
  {
    Process process(server, system_clock(), patient());
    for (int i = 0; i < 200; ++i) EXPECT_EQ(spend(*process.store, limits.local, 1), 1U);
  }
  Process another(server, system_clock(), patient());
  EXPECT_EQ(look(*another.store, limits.local).used, 200U);
  EXPECT_EQ(look(*another.store, limits.local).reserved, 0U);
}

TEST(StoreFailure, ScriptsThatTheServerForgotAreBroughtAgain) {
  RedisServer server;
  Process process(server, system_clock(), patient());
  const Policies limits;
  EXPECT_EQ(spend(*process.store, limits.local, 1), 1U);
  server.command({"SCRIPT", "FLUSH"});
  EXPECT_EQ(spend(*process.store, limits.local, 1), 1U);
  EXPECT_TRUE(process.catches_up());
  EXPECT_EQ(look(*process.store, limits.local).used, 2U);
}

TEST(StoreFailure, AServerWithoutMemoryIsNamedAndItsSettlementsWait) {
  RedisServer server;
  Process process(server, system_clock(), patient());
  const Policies limits;
  EXPECT_EQ(spend(*process.store, limits.local, 1), 1U);
  EXPECT_TRUE(process.catches_up());
  server.command({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_TRUE(eventually([&] {
    (void)spend(*process.store, limits.open, 1);
    return !process.asks();
  }));
  EXPECT_THAT(process.words(), HasSubstr("out of memory; raise its maxmemory"));
  server.command({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_TRUE(eventually([&] { return process.asks(); }));
  EXPECT_TRUE(process.catches_up());
}

TEST(StoreFailure, AReplicaIsNamedAndLeft) {
  RedisServer primary;
  RedisServer server;
  Process process(server, system_clock(), patient());
  const Policies limits;
  EXPECT_EQ(spend(*process.store, limits.local, 1), 1U);
  server.command({"REPLICAOF", "127.0.0.1", std::to_string(primary.port())});
  EXPECT_TRUE(eventually([&] { return !process.asks(); }));
  EXPECT_THAT(process.words(), HasSubstr("the server is a replica"));
  server.command({"REPLICAOF", "NO", "ONE"});
  EXPECT_TRUE(eventually([&] { return process.asks(); }));
}

}  // namespace
}  // namespace penstock::limits::test
