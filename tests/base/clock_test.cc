#include "penstock/clock.h"

#include <chrono>

#include <gtest/gtest.h>

#include "support/manual_clock.h"

namespace penstock {
namespace {

TEST(SystemClock, NeverRunsBackwards) {
  const Clock& clock = system_clock();
  const MonotonicTime before = clock.now();
  EXPECT_LE(before, clock.now());
}

TEST(SystemClock, ReadsTheWallClockOfTheMachine) {
  const auto apart = system_clock().wall_now() - std::chrono::system_clock::now();
  EXPECT_LT(std::chrono::abs(apart), std::chrono::minutes(1));
}

TEST(ManualClock, MovesBothTimesTogetherAndOnlyWhenTold) {
  test::ManualClock clock;
  const MonotonicTime now = clock.now();
  const WallTime wall = clock.wall_now();
  EXPECT_EQ(clock.now(), now);
  clock.advance(std::chrono::milliseconds(1500));
  EXPECT_EQ(clock.now() - now, std::chrono::milliseconds(1500));
  EXPECT_EQ(clock.wall_now() - wall, std::chrono::milliseconds(1500));
}

}  // namespace
}  // namespace penstock
