#include <gtest/gtest.h>

#include "limits/fixture.h"

namespace penstock::limits::test {
namespace {

const Limit kSlots{"slots", Unit::kConcurrent, Algorithm::kSlots, 3, {}, {}};
const Claim kAnn{&kSlots, "ann"};

TEST(Slots, AreAsManyAsTheLimitSays) {
  Fixture f;
  const Reservation two = f.hold({kAnn}, 2);
  Reservation one = f.hold({kAnn}, 1);
  const Refusal refusal = f.refused({kAnn}, 1);
  EXPECT_EQ(refusal.why, Refusal::Why::kNotNow);
  EXPECT_EQ(refusal.retry_after, 1s);
  one = Reservation();
  EXPECT_EQ(f.remaining(kAnn), 1U);
}

TEST(Slots, AreFreeAgainWhateverWasUsed) {
  Fixture f;
  f.hold({kAnn}, 1).settle(each(0));
  f.hold({kAnn}, 3).settle(each(3));
  EXPECT_EQ(f.remaining(kAnn), 3U);
}

TEST(Slots, DoNotComeBackWithTime) {
  Fixture f;
  const Reservation all = f.hold({kAnn}, 3);
  f.clock.advance(1h);
  EXPECT_EQ(f.refused({kAnn}, 1).standing.remaining, 0U);
}

TEST(Slots, TakenAreNotForgotten) {
  Fixture f(1);
  Reservation all = f.hold({kAnn}, 3);
  EXPECT_EQ(f.refused({{&kSlots, "bob"}}, 1).why, Refusal::Why::kNoRoom);
  all = Reservation();
  EXPECT_TRUE(std::holds_alternative<Reservation>(f.reserve({{&kSlots, "bob"}}, 1)));
}

}  // namespace
}  // namespace penstock::limits::test
