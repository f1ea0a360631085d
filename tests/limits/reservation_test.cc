#include <limits>
#include <optional>

#include <gtest/gtest.h>

#include "limits/fixture.h"

namespace penstock::limits::test {
namespace {

const Limit kPerMinute{"minute", 100, 60s};
const Limit kPerHour{"hour", 1000, 1h};
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
  f.hold({kAnn}, 80).settle(30);
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
  lease.settle(20);
  lease.settle(20);
  lease.settle(0);
  EXPECT_EQ(f.remaining(kAnn), 80U);
}

TEST(Reservation, DyingAfterItWasSettledGivesNothingMoreBack) {
  Fixture f;
  { f.hold({kAnn}, 50).settle(50); }
  EXPECT_EQ(f.remaining(kAnn), 50U);
}

TEST(Reservation, SettlingAfterItWasMovedAwayDoesNothing) {
  Fixture f;
  Reservation first = f.hold({kAnn}, 50);
  Reservation second = std::move(first);
  first.settle(50);  // NOLINT(bugprone-use-after-move): that is the test
  EXPECT_EQ(f.remaining(kAnn), 50U);
  second.settle(10);
  EXPECT_EQ(f.remaining(kAnn), 90U);
}

TEST(Reservation, SettlingAnEmptyOneDoesNothing) {
  Reservation none;
  none.settle(10);
  EXPECT_EQ(none.tightest().limit, nullptr);
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
  f.hold({kAnn}, 50).settle(160);
  EXPECT_EQ(f.remaining(kAnn), 0U);
  f.clock.advance(36s);  // 60 tokens: the debt is paid
  EXPECT_EQ(f.remaining(kAnn), 0U);
  f.clock.advance(6s);
  EXPECT_EQ(f.remaining(kAnn), 10U);
}

TEST(Reservation, DebtEndsAtOneCapacity) {
  Fixture f;
  f.hold({kAnn}, 1).settle(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(f.buckets.look(kAnn).reset, 120s);
  f.clock.advance(120s);
  EXPECT_EQ(f.remaining(kAnn), 100U);
}

TEST(Reservation, DebtEndsAtOneCapacityAlsoWhileMoreIsHeld) {
  Fixture f;
  const Reservation other = f.hold({kAnn}, 50);
  f.hold({kAnn}, 50).settle(1'000'000);
  EXPECT_EQ(f.buckets.look(kAnn).reset, 120s);
}

TEST(Reservation, NothingIsGrantedWhileInDebt) {
  Fixture f;
  f.hold({kAnn}, 50).settle(101);
  EXPECT_EQ(f.refused({kAnn}, 0).retry_after, 600ms);
}

// The cause: a plain refund lets the bucket refill what should have overflowed during the hold.
TEST(Reservation, RefillDuringALongHoldIsNotKept) {
  Fixture f;
  Reservation held = f.hold({kAnn}, 100);
  f.clock.advance(1h);
  EXPECT_EQ(f.remaining(kAnn), 0U);
  held.settle(100);
  EXPECT_EQ(f.remaining(kAnn), 0U);

  held = f.hold({kBob}, 60);
  f.clock.advance(60s);
  EXPECT_EQ(f.remaining(kBob), 40U);
  held.settle(0);
  EXPECT_EQ(f.remaining(kBob), 100U);
}

TEST(Reservation, RefillBelowTheCapIsKeptDuringAHold) {
  Fixture f;
  f.spend({kAnn}, 50);
  Reservation held = f.hold({kAnn}, 50);
  f.clock.advance(15s);
  EXPECT_EQ(f.remaining(kAnn), 25U);
  held.settle(0);
  EXPECT_EQ(f.remaining(kAnn), 75U);
}

TEST(Reservation, TightestIsTheBucketWithTheSmallestShareLeft) {
  Fixture f;
  f.spend({kAnnHourly}, 900);
  const Reservation lease = f.hold({kAnn, kAnnHourly}, 20);  // 80 of 100, 80 of 1000
  EXPECT_EQ(lease.tightest().limit, &kPerHour);
  EXPECT_EQ(lease.tightest().remaining, 80U);
}

TEST(Reservation, TightestIsTrueAtTheMomentItIsAskedAlsoWhenSettled) {
  Fixture f;
  Reservation lease = f.hold({kAnn}, 90);
  EXPECT_EQ(lease.tightest().remaining, 10U);
  lease.settle(40);
  EXPECT_EQ(lease.tightest().remaining, 60U);
  f.clock.advance(6s);
  EXPECT_EQ(lease.tightest().remaining, 70U);
  EXPECT_EQ(lease.tightest().reset, 18s);
}

}  // namespace
}  // namespace penstock::limits::test
