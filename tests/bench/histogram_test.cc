#include "bench/histogram.h"

#include <limits>

#include <gtest/gtest.h>

namespace penstock::bench {
namespace {

TEST(Histogram, IsExactForShortTimes) {
  Histogram times;
  for (Nanos time = 1; time <= 100; ++time) times.add(time);
  EXPECT_EQ(times.at(0.5), 50);
  EXPECT_EQ(times.at(0.99), 99);
  EXPECT_EQ(times.at(1), 100);
  EXPECT_EQ(times.max(), 100);
  EXPECT_DOUBLE_EQ(times.mean(), 50.5);
}

TEST(Histogram, IsAtMostOneAndAHalfPercentOff) {
  for (Nanos time = 1; time < 100 * kSecond; time += 1 + time / 7) {
    Histogram times;
    times.add(time);
    times.add(200 * kSecond);
    EXPECT_GE(times.at(0.5), time);
    EXPECT_LE(static_cast<double>(times.at(0.5)), 1.0157 * static_cast<double>(time)) << time;
  }
}

TEST(Histogram, NeverTellsMoreThanTheLongestTime) {
  Histogram times;
  times.add(1'000'001);
  EXPECT_EQ(times.at(0.5), 1'000'001);
  EXPECT_EQ(times.at(1), 1'000'001);
}

TEST(Histogram, FindsTheFewLongOnesAmongMany) {
  Histogram times;
  for (int count = 0; count < 990; ++count) times.add(10);
  for (int count = 0; count < 10; ++count) times.add(kSecond);
  EXPECT_EQ(times.at(0.99), 10);
  EXPECT_EQ(times.at(0.991), kSecond);
}

TEST(Histogram, TakesEveryTimeThereIs) {
  Histogram times;
  times.add(-5);
  times.add(0);
  times.add(std::numeric_limits<Nanos>::max());
  EXPECT_EQ(times.at(0.5), 0);
  EXPECT_EQ(times.at(1), std::numeric_limits<Nanos>::max());
}

TEST(Histogram, IsZeroWhereThereIsNothing) {
  const Histogram times;
  EXPECT_EQ(times.count(), 0u);
  EXPECT_EQ(times.at(0.99), 0);
  EXPECT_EQ(times.mean(), 0);
}

}  // namespace
}  // namespace penstock::bench
