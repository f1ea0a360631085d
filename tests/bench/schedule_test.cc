#include "bench/schedule.h"

#include <gtest/gtest.h>

namespace penstock::bench {
namespace {

TEST(Schedule, KeepsItsRateWhateverHappensToTheAnswers) {
  Schedule schedule({.rate = 1000, .begin = 0, .length = kSecond, .requests = 0});
  EXPECT_TRUE(schedule.due(0));
  EXPECT_EQ(schedule.take(0), 0);
  EXPECT_FALSE(schedule.due(kMillisecond - 1));
  EXPECT_EQ(schedule.next(0), kMillisecond);

  // Nobody took one for half a second: they are still meant for when they should have gone out.
  const Nanos late = kSecond / 2;
  for (Nanos intended = kMillisecond; intended <= late; intended += kMillisecond) {
    ASSERT_TRUE(schedule.due(late));
    EXPECT_EQ(schedule.take(late), intended);
  }
  EXPECT_FALSE(schedule.due(late));
}

TEST(Schedule, OwesWhatWasMeantForTheTimeEvenAfterIt) {
  Schedule schedule({.rate = 10, .begin = 5, .length = kSecond, .requests = 0});
  int taken = 0;
  for (const Nanos after = 3 * kSecond; schedule.due(after); ++taken) schedule.take(after);
  EXPECT_EQ(taken, 10);
  EXPECT_TRUE(schedule.over(3 * kSecond));
}

TEST(Schedule, DoesNotDriftAtARateThatDividesNoSecond) {
  Schedule schedule({.rate = 3, .begin = 0, .length = 1000 * kSecond, .requests = 0});
  Nanos last = 0;
  for (int count = 0; count <= 2997; ++count) last = schedule.take(1000 * kSecond);
  EXPECT_NEAR(static_cast<double>(last), 999.0 * static_cast<double>(kSecond), 1);
}

TEST(Schedule, OfAClosedLoopIsDueWhenAskedUntilTheTimeIsOver) {
  Schedule schedule({.rate = 0, .begin = 100, .length = 50, .requests = 0});
  EXPECT_TRUE(schedule.due(149));
  EXPECT_EQ(schedule.take(149), 149);
  EXPECT_TRUE(schedule.due(149));
  EXPECT_FALSE(schedule.due(150));
  EXPECT_TRUE(schedule.over(150));
}

TEST(Schedule, EndsWithTheNumberOfRequests) {
  for (const double rate : {0.0, 100.0}) {
    Schedule schedule({.rate = rate, .begin = 0, .length = kSecond, .requests = 2});
    schedule.take(kSecond / 2);
    EXPECT_TRUE(schedule.due(kSecond / 2));
    schedule.take(kSecond / 2);
    EXPECT_TRUE(schedule.over(kSecond / 2));
    EXPECT_FALSE(schedule.due(kSecond / 2));
  }
}

}  // namespace
}  // namespace penstock::bench
