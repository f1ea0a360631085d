// What becomes of reservations whose owners are slow, gone or not to be seen.

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "limits/remote/world.h"

namespace penstock::limits::test {
namespace {

const Limit kTokens = bucket(1000, std::chrono::hours(1000));
const Limit kSlots = slots(3);

std::vector<Claim> claims(std::uint64_t amount) {
  return {{&kTokens, "tokens", amount}, {&kSlots, "slots", 1}};
}

MeterView look(Store& store, const Limit& limit, const std::string& key) {
  const auto views = store.list(limit, key, 1);
  return views.empty() ? MeterView{key, 0, 0, limit.capacity, 0ms} : views[0];
}

/// A server with one reservation in it that nobody renews, as a killed process leaves it behind.
/// The time is the test's.
class Abandoned : public testing::Test {
 protected:
  Abandoned() {
    auto result = world_.store().reserve(claims(100));
    kept_ = std::move(std::get<Reservation>(result));
    const std::string orphan = "orphan.1";
    run_reserve(orphan, 300);
  }
  /// What the script does for a process of which nothing else is heard.
  void run_reserve(const std::string& id, std::uint64_t amount) {
    const remote::Scripts scripts(RemoteWorld::options().clock_script);
    const std::string tokens = std::to_string(kTokens.capacity);
    const std::string window = std::to_string(std::chrono::microseconds(kTokens.every).count());
    world_.server().command({"EVAL",   scripts.reserve.text,
                             "1",      "{penstock}:",
                             id,       "30000000",
                             "0",      "b",
                             "tokens", tokens,
                             window,   std::to_string(amount),
                             "0",      "0",
                             "0",      "s",
                             "slots",  "3",
                             "0",      "1",
                             "0",      "0",
                             "0"});
  }
  /// Renewals of the living one come with the next turn of its fiber.
  bool kept_is_renewed() {
    const std::string before = deadline_of_kept();
    return eventually([&] { return deadline_of_kept() != before; });
  }
  std::string deadline_of_kept() {
    const auto ids = world_.server().command({"ZRANGE", "{penstock}:q", "0", "-1", "WITHSCORES"});
    for (std::size_t i = 0; i + 1 < ids.items.size(); i += 2) {
      if (!ids.items[i].text.starts_with("orphan")) return ids.items[i + 1].text;
    }
    return {};
  }
  MeterView tokens() { return look(world_.store(), kTokens, "tokens"); }
  MeterView running() { return look(world_.store(), kSlots, "slots"); }

  static RemoteOptions options() {
    RemoteOptions options = RemoteWorld::options();
    options.hold = 30s;
    return options;
  }

  RemoteWorld world_{options()};
  Reservation kept_;
};

TEST_F(Abandoned, ReservationsAreChargedInFullWhenTheirTimeIsOverAndSlotsComeBack) {
  EXPECT_EQ(tokens().reserved, 400U);
  EXPECT_EQ(running().reserved, 2U);
  world_.pass(15s);
  ASSERT_TRUE(kept_is_renewed());
  EXPECT_EQ(tokens().reserved, 400U);
  world_.pass(16s);
  EXPECT_TRUE(eventually([&] { return tokens().reserved == 100; })) << "a heartbeat reaps";
  EXPECT_EQ(tokens().used, 300U);
  EXPECT_EQ(running().reserved, 1U);
  kept_.settle(std::vector<std::uint64_t>{10, 1});
  world_.catch_up();
  EXPECT_EQ(tokens().used, 310U);
  EXPECT_EQ(tokens().reserved, 0U);
  EXPECT_EQ(running().reserved, 0U);
}

TEST_F(Abandoned, AreNotTakenWhileItWasTheServerThatWasAway) {
  // Its clock is 40 s on, and no heartbeat came meanwhile: nobody could renew.
  world_.let_server_sleep(40s);
  auto result = world_.store().reserve(claims(1));
  ASSERT_TRUE(std::holds_alternative<Reservation>(result));
  EXPECT_EQ(tokens().reserved, 401U);
  EXPECT_EQ(running().reserved, 3U);
}

TEST_F(Abandoned, WhoIsLateAddsOnlyWhatWasUsedBeyondTheFullCharge) {
  const remote::Scripts scripts(RemoteWorld::options().clock_script);
  world_.pass(15s);
  ASSERT_TRUE(kept_is_renewed());
  world_.pass(16s);
  ASSERT_TRUE(eventually([&] { return tokens().used == 300; }));
  const auto settle = [&](std::string_view number, std::string_view used) {
    world_.server().command({"EVAL", scripts.settle.text, "1", "{penstock}:", "late", number,
                             "orphan.1", "held", "2", used, "1"});
  };
  settle("1", "350");
  EXPECT_EQ(tokens().used, 350U);
  settle("1", "350");
  settle("2", "350");
  EXPECT_EQ(tokens().used, 350U);
  EXPECT_EQ(running().reserved, 1U);
}

TEST_F(Abandoned, AReservationAskedForTwiceIsHeldOnce) {
  run_reserve("orphan.1", 300);
  EXPECT_EQ(tokens().reserved, 400U);
  EXPECT_EQ(running().reserved, 2U);
}

TEST_F(Abandoned, ASettlementToldTwiceIsChargedOnce) {
  const remote::Scripts scripts(RemoteWorld::options().clock_script);
  for (int i = 0; i < 2; ++i) {
    world_.server().command({"EVAL", scripts.settle.text, "1", "{penstock}:", "other", "7",
                             "other.1", "new", "1", "b", "tokens", "1000",
                             std::to_string(std::chrono::microseconds(kTokens.every).count()), "50",
                             "0", "0"});
  }
  EXPECT_EQ(tokens().used, 50U);
}

TEST_F(Abandoned, AReservationThatArrivesBehindItsSettlementIsNotHeld) {
  const remote::Scripts scripts(RemoteWorld::options().clock_script);
  world_.server().command(
      {"EVAL", scripts.settle.text, "1", "{penstock}:", "other", "1", "other.1", "asked", "0"});
  run_reserve("other.1", 200);
  EXPECT_EQ(tokens().reserved, 400U);
}

TEST_F(Abandoned, EveryKeyHasATimeToLive) {
  kept_.settle(std::vector<std::uint64_t>{10, 1});
  world_.catch_up();
  const auto keys = world_.server().command({"KEYS", "*"});
  EXPECT_GE(keys.items.size(), 8U);
  for (const remote::Reply& key : keys.items) {
    if (key.text == "{penstock}:now") continue;  // the test's own
    EXPECT_GT(world_.server().command({"PTTL", key.text}).integer, 0) << key.text;
    EXPECT_TRUE(key.text.starts_with("{penstock}:")) << key.text;
  }
}

TEST(ServerClock, DecidesThePeriodOfACalendarHoweverWrongOnesOwnIs) {
  RemoteWorld world;
  const Limit limit = hourly(100);
  for (const auto hours : {0h, 1h, 5h, 100h}) {
    world.shift_process_clock(hours);
    auto result = world.store().reserve(std::vector<Claim>{{&limit, "k", 10}});
    ASSERT_TRUE(std::holds_alternative<Reservation>(result)) << hours.count();
    std::get<Reservation>(result).settle(std::vector<std::uint64_t>{10});
    world.catch_up();
  }
  world.shift_process_clock(-106h);
  EXPECT_EQ(world.store().list(limit, "k", 1).at(0).used, 40U);
}

}  // namespace
}  // namespace penstock::limits::test
