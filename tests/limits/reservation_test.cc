#include <limits>
#include <optional>

#include <gtest/gtest.h>

#include "limits/fixture.h"

namespace penstock::limits::test {
namespace {

const Limit kPerMinute = bucket_limit("minute", 100, 60s);
const Limit kPerHour = bucket_limit("hour", 1000, 1h);
const Claim kAnn{&kPerMinute, "minute/ann"};
const Claim kAnnHourly{&kPerHour, "hour/ann"};
const Claim kBob{&kPerMinute, "minute/bob"};

TEST(Reservation, HoldsUpToTheWholeCapacity) {
  Fixture f;
  const Reservation all = f.hold({kAnn}, 100);
  EXPECT_EQ(f.remaining(kAnn), 0U);
  EXPECT_EQ(f.refused({kAnn}, 1).why, Refusal::Why::kNotNow);
}

TEST(Reservation, LeavesOtherKeysAlone) {
  Fixture f;
  const Reservation all = f.hold({kAnn}, 100);
  EXPECT_EQ(f.remaining(kBob), 100U);
}

TEST(Reservation, ChargesWhatWasUsedWhenSettled) {
  Fixture f;
  f.hold({kAnn}, 80).settle(each(30));
  EXPECT_EQ(f.remaining(kAnn), 70U);
}

TEST(Reservation, GivesEverythingBackWhenItDiesUnsettled) {
  Fixture f;
  { const Reservation dropped = f.hold({kAnn, kAnnHourly}, 80); }
  EXPECT_EQ(f.remaining(kAnn), 100U);
  EXPECT_EQ(f.remaining(kAnnHourly), 1000U);
}

TEST(Reservation, SettlingTwiceChargesOnce) {
  Fixture f;
  Reservation lease = f.hold({kAnn}, 50);
  lease.settle(each(20));
  lease.settle(each(20));
  lease.settle(each(0));
  EXPECT_EQ(f.remaining(kAnn), 80U);
}

TEST(Reservation, DyingAfterItWasSettledGivesNothingMoreBack) {
  Fixture f;
  { f.hold({kAnn}, 50).settle(each(50)); }
  EXPECT_EQ(f.remaining(kAnn), 50U);
}

TEST(Reservation, SettlingAfterItWasMovedAwayDoesNothing) {
  Fixture f;
  Reservation first = f.hold({kAnn}, 50);
  Reservation second = std::move(first);
  first.settle(each(50));  // NOLINT(bugprone-use-after-move): that is the test
  EXPECT_EQ(f.remaining(kAnn), 50U);
  second.settle(each(10));
  EXPECT_EQ(f.remaining(kAnn), 90U);
}

TEST(Reservation, SettlingAnEmptyOneDoesNothing) {
  Reservation none;
  none.settle(each(10));
  EXPECT_TRUE(none.standings().empty());
}

TEST(Reservation, MoveAssignmentGivesBackWhatWasHeldBefore) {
  Fixture f;
  Reservation lease = f.hold({kAnn}, 60);
  lease = f.hold({kBob}, 10);
  EXPECT_EQ(f.remaining(kAnn), 100U);
  EXPECT_EQ(f.remaining(kBob), 90U);
  lease = Reservation();
  EXPECT_EQ(f.remaining(kBob), 100U);
}

TEST(Reservation, MoveAssignmentToItselfKeepsTheHold) {
  Fixture f;
  Reservation lease = f.hold({kAnn}, 60);
  Reservation& same = lease;
  lease = std::move(same);
  EXPECT_EQ(f.remaining(kAnn), 40U);
}

TEST(Reservation, RejectedRequestConsumesNothingOfTheOtherLimits) {
  Fixture f;
  f.spend({kAnn}, 100);
  const Refusal refusal = f.refused({kAnnHourly, kAnn, kBob}, 10);
  EXPECT_EQ(refusal.standing.limit, &kPerMinute);
  EXPECT_EQ(f.remaining(kAnnHourly), 1000U);
  EXPECT_EQ(f.remaining(kBob), 100U);
}

TEST(Reservation, OverrunBecomesDebt) {
  Fixture f;
  f.hold({kAnn}, 50).settle(each(160));
  EXPECT_EQ(f.remaining(kAnn), 0U);
  f.clock.advance(36s);  // 60 tokens: the debt is paid
  EXPECT_EQ(f.remaining(kAnn), 0U);
  f.clock.advance(6s);
  EXPECT_EQ(f.remaining(kAnn), 10U);
}

TEST(Reservation, DebtEndsAtOneCapacity) {
  Fixture f;
  f.hold({kAnn}, 1).settle(each(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_EQ(f.reset(kAnn), 120s);
  f.clock.advance(120s);
  EXPECT_EQ(f.remaining(kAnn), 100U);
}

TEST(Reservation, DebtEndsAtOneCapacityAlsoWhileMoreIsHeld) {
  Fixture f;
  const Reservation other = f.hold({kAnn}, 50);
  f.hold({kAnn}, 50).settle(each(1'000'000));
  EXPECT_EQ(f.reset(kAnn), 120s);
}

TEST(Reservation, NothingIsGrantedWhileInDebt) {
  Fixture f;
  f.hold({kAnn}, 50).settle(each(101));
  EXPECT_EQ(f.refused({kAnn}, 0).retry_after, 600ms);
}

// The cause: a plain refund lets the bucket refill what should have overflowed during the hold.
TEST(Reservation, RefillDuringALongHoldIsNotKept) {
  Fixture f;
  Reservation held = f.hold({kAnn}, 100);
  f.clock.advance(1h);
  EXPECT_EQ(f.remaining(kAnn), 0U);
  held.settle(each(100));
  EXPECT_EQ(f.remaining(kAnn), 0U);

  held = f.hold({kBob}, 60);
  f.clock.advance(60s);
  EXPECT_EQ(f.remaining(kBob), 40U);
  held.settle(each(0));
  EXPECT_EQ(f.remaining(kBob), 100U);
}

TEST(Reservation, RefillBelowTheCapIsKeptDuringAHold) {
  Fixture f;
  f.spend({kAnn}, 50);
  Reservation held = f.hold({kAnn}, 50);
  f.clock.advance(15s);
  EXPECT_EQ(f.remaining(kAnn), 25U);
  held.settle(each(0));
  EXPECT_EQ(f.remaining(kAnn), 75U);
}

TEST(Reservation, StandingsAreThoseOfTheMomentAlsoWhenSettled) {
  Fixture f;
  f.spend({kAnnHourly}, 800);
  Reservation lease = f.hold({kAnn, kAnnHourly}, 90);
  ASSERT_EQ(lease.standings().size(), 2U);
  EXPECT_EQ(lease.standings()[0].limit, &kPerMinute);
  EXPECT_EQ(lease.standings()[0].remaining, 10U);
  EXPECT_EQ(lease.standings()[1].remaining, 110U);
  lease.settle(each(40));
  EXPECT_EQ(lease.standings()[0].remaining, 60U);
  f.clock.advance(6s);
  EXPECT_EQ(lease.standings()[0].remaining, 70U);
  EXPECT_EQ(lease.standings()[0].reset, 18s);
}

TEST(Reservation, HoldsAnAmountForEachClaim) {
  Fixture f;
  Claim minute = kAnn;
  Claim hour = kAnnHourly;
  minute.amount = 10;
  hour.amount = 500;
  auto result = f.store.reserve(std::vector{minute, hour});
  EXPECT_EQ(f.remaining(kAnn), 90U);
  EXPECT_EQ(f.remaining(kAnnHourly), 500U);
  std::get<Reservation>(result).settle(std::vector<std::uint64_t>{5, 300});
  EXPECT_EQ(f.remaining(kAnn), 95U);
  EXPECT_EQ(f.remaining(kAnnHourly), 700U);
}

TEST(Reservation, ExtendedHoldsMore) {
  Fixture f;
  Reservation lease = f.hold({kAnn, kAnnHourly}, 50);
  EXPECT_TRUE(lease.extend(each(30)));
  EXPECT_EQ(f.remaining(kAnn), 20U);
  EXPECT_EQ(f.remaining(kAnnHourly), 920U);
  lease.settle(each(60));
  EXPECT_EQ(f.remaining(kAnn), 40U);
}

TEST(Reservation, IsExtendedInAllLimitsOrInNone) {
  Fixture f;
  Reservation lease = f.hold({kAnnHourly, kAnn}, 50);
  EXPECT_FALSE(lease.extend(each(51)));
  EXPECT_EQ(f.remaining(kAnn), 50U);
  EXPECT_EQ(f.remaining(kAnnHourly), 950U);
}

TEST(Reservation, IsExtendedByNothingEvenInDebt) {
  Fixture f;
  Reservation lease = f.hold({kAnn}, 10);
  f.hold({kAnn}, 10).settle(each(150));
  EXPECT_FALSE(lease.extend(each(1)));
  EXPECT_TRUE(lease.extend(each(0)));
}

TEST(Reservation, IsNotExtendedWhenItWasSettled) {
  Fixture f;
  Reservation lease = f.hold({kAnn}, 10);
  lease.settle(each(10));
  EXPECT_FALSE(lease.extend(each(1)));
  EXPECT_EQ(f.remaining(kAnn), 90U);
}

TEST(Reservation, WithCareIsGrantedWhereSevenEighthsStayOnly) {
  Fixture f;
  EXPECT_TRUE(std::holds_alternative<Reservation>(f.reserve({kAnn}, 12, Care::kIfAmple)));
  auto close = f.reserve({kAnnHourly, kAnn}, 13, Care::kIfAmple);
  ASSERT_TRUE(std::holds_alternative<Refusal>(close));
  EXPECT_EQ(std::get<Refusal>(close).why, Refusal::Why::kNotAmple);
  EXPECT_EQ(f.remaining(kAnnHourly), 1000U);
  const Limit requests{"requests", Unit::kRequests, Algorithm::kBucket, 2, 60s, {}};
  EXPECT_TRUE(
      std::holds_alternative<Reservation>(f.reserve({{&requests, "r"}}, 2, Care::kIfAmple)));
}

TEST(Reservation, TellsListenersWhenItGivesBack) {
  struct Counter final : ReleaseListener {
    void on_release() override { ++count; }
    int count = 0;
  };
  Fixture f;
  Counter counter;
  f.store.add_listener(counter);
  Reservation lease = f.hold({kAnn}, 10);
  EXPECT_EQ(counter.count, 0);
  lease.settle(each(10));
  EXPECT_EQ(counter.count, 1);
  f.store.remove_listener(counter);
  f.spend({kAnn}, 1);
  EXPECT_EQ(counter.count, 1);
}

}  // namespace
}  // namespace penstock::limits::test
