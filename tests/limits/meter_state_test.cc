#include <gtest/gtest.h>

#include "limits/fixture.h"

// What a process leaves behind for the next one.
namespace penstock::limits::test {
namespace {

const Limit kPerMinute = bucket_limit("minute", 100, 60s);
const Limit kLog{"log", Unit::kRequests, Algorithm::kLog, 100, 60s, {}};
const Limit kSlots{"slots", Unit::kConcurrent, Algorithm::kSlots, 10, {}, {}};
const Claim kAnn{&kPerMinute, "minute/ann"};
const Claim kLogged{&kLog, "log/ann"};

/// A process after a restart.
struct Next : Fixture {
  explicit Next(Fixture& before, std::chrono::milliseconds later) {
    const auto states = before.store.take_changes(1000);
    clock.set_wall(before.clock.wall_now() + later);
    store.restore(states);
  }
};

TEST(MeterState, TellsWhatHasChangedSinceItWasTaken) {
  Fixture f;
  f.spend({kAnn}, 1);  // nobody wants to know yet
  f.store.track_changes();
  EXPECT_TRUE(f.store.take_changes(10).empty());
  f.spend({kAnn}, 29);
  const Reservation held = f.hold({kAnn}, 10);
  const auto states = f.store.take_changes(10);
  ASSERT_EQ(states.size(), 1U);
  EXPECT_EQ(states[0].key, "minute/ann");
  EXPECT_EQ(states[0].used, 40U);  // what is held counts as used
  EXPECT_EQ(states[0].at, f.clock.wall_now());
  EXPECT_EQ(states[0].expires - states[0].at, 24s);
  EXPECT_TRUE(f.store.take_changes(10).empty());
}

TEST(MeterState, IsTakenInPartsUntilNoneIsLeft) {
  Fixture f;
  f.store.track_changes();
  for (int i = 0; i < 25; ++i) f.spend({{&kPerMinute, std::to_string(i)}}, 1);
  EXPECT_EQ(f.store.take_changes(10).size(), 10U);
  EXPECT_EQ(f.store.take_changes(10).size(), 10U);
  EXPECT_EQ(f.store.take_changes(10).size(), 5U);
}

TEST(MeterState, OfWhatIsWholeAgainSaysSo) {
  Fixture f;
  f.store.track_changes();
  f.hold({kAnn}, 50).settle(each(0));
  const Reservation slot = f.hold({{&kSlots, "slots/ann"}}, 1);
  for (const MeterState& state : f.store.take_changes(10)) EXPECT_EQ(state.used, 0U) << state.key;
}

TEST(MeterState, RestoredLeavesWhatTheLastProcessLeft) {
  Fixture before;
  before.store.track_changes();
  before.spend({kAnn}, 90);
  before.spend({kLogged}, 70);
  Next after(before, 6s);
  after.spend({kAnn}, 20);  // 10 were left, 10 flowed in
  EXPECT_EQ(after.refused({kAnn}, 1).retry_after, 600ms);
  after.spend({kLogged}, 30);
  EXPECT_EQ(after.refused({kLogged}, 1).retry_after, 54s);
}

TEST(MeterState, RestoredKeepsDebt) {
  Fixture before;
  before.store.track_changes();
  before.hold({kAnn}, 50).settle(each(160));
  Next after(before, 0s);
  EXPECT_EQ(after.refused({kAnn}, 10).retry_after, 42s);
}

TEST(MeterState, RestoredByAClockThatWentBackGrantsNothingAnew) {
  Fixture before;
  before.store.track_changes();
  before.spend({kAnn}, 90);
  before.spend({kLogged}, 90);
  Next after(before, -1h);
  EXPECT_EQ(after.refused({kAnn}, 11).standing.remaining, 10U);
  EXPECT_EQ(after.refused({kLogged}, 11).standing.remaining, 10U);
}

TEST(MeterState, RestoredAfterAWindowIsWhole) {
  Fixture before;
  before.store.track_changes();
  before.spend({kAnn}, 100);
  before.spend({kLogged}, 100);
  Next after(before, 60s);
  after.spend({kAnn}, 100);
  after.spend({kLogged}, 100);
}

}  // namespace
}  // namespace penstock::limits::test
