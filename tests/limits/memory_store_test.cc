#include "limits/memory_store.h"

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "limits/fixture.h"

namespace penstock::limits::test {
namespace {

const Limit kPerMinute = bucket_limit("minute", 100, 60s);

Claim claim_of(const std::string& key) {
  return {&kPerMinute, key};
}

TEST(Buckets, SlowRefillIsNotLostByFrequentLooks) {
  const Limit slow = bucket_limit("slow", 3, 7s);
  const Claim claim{&slow, "k"};
  Fixture f;
  f.spend({claim}, 3);
  for (int i = 0; i < 6999; ++i) {
    f.clock.advance(1ms);
    EXPECT_TRUE(std::holds_alternative<Refusal>(f.reserve({claim}, 3)));
  }
  EXPECT_EQ(f.remaining(claim), 2U);
  f.clock.advance(1ms);
  EXPECT_EQ(f.remaining(claim), 3U);
}

TEST(Buckets, RefillEndsAtTheCapacity) {
  Fixture f;
  f.spend({claim_of("a")}, 100);
  f.clock.advance(24h * 10'000);
  EXPECT_EQ(f.remaining(claim_of("a")), 100U);
}

TEST(Buckets, TimeThatGoesBackwardsRefillsNothing) {
  Fixture f;
  f.spend({claim_of("a")}, 100);
  f.clock.advance(-30s);
  EXPECT_EQ(f.remaining(claim_of("a")), 0U);
  f.clock.advance(30s);
  EXPECT_EQ(f.remaining(claim_of("a")), 0U);
}

TEST(Buckets, LookHoldsAndRemembersNothing) {
  Fixture f;
  EXPECT_EQ(f.remaining(claim_of("a")), 100U);
  EXPECT_EQ(f.reset(claim_of("a")), 0ms);
  EXPECT_EQ(f.store.size(), 0U);
}

struct Wait {
  std::uint64_t capacity;
  std::chrono::milliseconds every;
  std::uint64_t spent;
  std::uint64_t amount;
  std::chrono::milliseconds expected;
};

class RetryAfter : public testing::TestWithParam<Wait> {};

TEST_P(RetryAfter, IsTheFirstMillisecondAtWhichTheAmountFits) {
  const Wait& wait = GetParam();
  const Limit limit = bucket_limit("limit", wait.capacity, wait.every);
  const Claim claim{&limit, "k"};
  Fixture f;
  f.spend({claim}, wait.spent);
  EXPECT_EQ(f.refused({claim}, wait.amount).retry_after, wait.expected);
  f.clock.advance(wait.expected - 1ms);
  EXPECT_EQ(f.refused({claim}, wait.amount).retry_after, 1ms);
  f.clock.advance(1ms);
  f.spend({claim}, wait.amount);
}

INSTANTIATE_TEST_SUITE_P(
    Table, RetryAfter,
    testing::Values(Wait{100, 60s, 100, 1, 600ms}, Wait{100, 60s, 100, 100, 60s},
                    Wait{100, 60s, 30, 80, 6s}, Wait{3, 1s, 3, 1, 334ms},
                    Wait{1'000'000, 1s, 1'000'000, 1, 1ms}, Wait{1, 1h, 1, 1, 1h},
                    Wait{kMaxCapacity, kMaxWindow, kMaxCapacity, kMaxCapacity, kMaxWindow},
                    Wait{1, kMaxWindow, 1, 1, kMaxWindow}));

TEST(Buckets, ToldToWaitForTheSlowestOfSeveralLimits) {
  const Limit hourly = bucket_limit("hour", 100, 1h);
  const Claim slow{&hourly, "slow"};
  Fixture f;
  f.spend({claim_of("a"), slow}, 100);
  const Refusal refusal = f.refused({claim_of("a"), slow}, 50);
  EXPECT_EQ(refusal.standing.limit, &hourly);
  EXPECT_EQ(refusal.retry_after, 30min);
}

TEST(Buckets, MoreThanAWholeLimitNeverFits) {
  const Limit small = bucket_limit("small", 10, 1s);
  const Claim claim{&small, "small"};
  Fixture f;
  f.spend({claim_of("a")}, 100);
  const Refusal refusal = f.refused({claim_of("a"), claim}, 11);
  EXPECT_EQ(refusal.why, Refusal::Why::kNeverFits);
  EXPECT_EQ(refusal.standing.limit, &small);
  EXPECT_EQ(refusal.standing.remaining, 10U);
  EXPECT_EQ(refusal.retry_after, 0ms);
  const auto most = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(f.refused({claim}, most).why, Refusal::Why::kNeverFits);
}

TEST(Buckets, OneBucketClaimedTwiceIsChargedTwiceOrNotAtAll) {
  Fixture f;
  EXPECT_EQ(f.refused({claim_of("a"), claim_of("a")}, 60).why, Refusal::Why::kNotNow);
  EXPECT_EQ(f.remaining(claim_of("a")), 100U);
  f.spend({claim_of("a"), claim_of("a")}, 50);
  EXPECT_EQ(f.remaining(claim_of("a")), 0U);
}

TEST(Buckets, NoClaimsAreAlwaysGranted) {
  Fixture f;
  f.spend({}, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(f.store.size(), 0U);
}

TEST(BucketTable, ForgetsTheOneThatWasFullFirst) {
  Fixture f(2);
  f.spend({claim_of("a")}, 10);
  f.spend({claim_of("b")}, 50);
  f.clock.advance(6s);  // a is full again, b is not
  f.spend({claim_of("c")}, 50);
  EXPECT_EQ(f.store.size(), 2U);
  EXPECT_EQ(f.remaining(claim_of("b")), 60U);
  EXPECT_EQ(f.remaining(claim_of("c")), 50U);
}

TEST(BucketTable, RefusesANewKeyWhenNoneIsFull) {
  Fixture f(2);
  f.spend({claim_of("a")}, 10);
  f.spend({claim_of("b")}, 50);
  const Refusal refusal = f.refused({claim_of("c")}, 1);
  EXPECT_EQ(refusal.why, Refusal::Why::kNoRoom);
  EXPECT_EQ(refusal.retry_after, 6s);
  EXPECT_EQ(f.remaining(claim_of("a")), 90U);
  f.clock.advance(6s);
  f.spend({claim_of("c")}, 1);
}

TEST(BucketTable, RefusalForWantOfRoomConsumesNothingOfTheOtherLimits) {
  Fixture f(1);
  EXPECT_EQ(f.refused({claim_of("a"), claim_of("b")}, 10).why, Refusal::Why::kNoRoom);
  EXPECT_EQ(f.remaining(claim_of("a")), 100U);
}

TEST(BucketTable, NeverForgetsWhatIsHeld) {
  Fixture f(1);
  Reservation held = f.hold({claim_of("a")}, 40);
  f.clock.advance(1h);
  const Refusal refusal = f.refused({claim_of("b")}, 1);
  EXPECT_EQ(refusal.why, Refusal::Why::kNoRoom);
  EXPECT_EQ(refusal.retry_after, 1s);
  EXPECT_EQ(f.remaining(claim_of("a")), 60U);
  held = Reservation();
  f.spend({claim_of("b")}, 1);
}

TEST(BucketTable, NeverForgetsDebt) {
  Fixture f(1);
  f.hold({claim_of("a")}, 1).settle(each(200));
  f.clock.advance(119s);
  EXPECT_EQ(f.refused({claim_of("b")}, 1).why, Refusal::Why::kNoRoom);
  f.clock.advance(1s);
  f.spend({claim_of("b")}, 1);
}

TEST(BucketTable, FloodOfKeysThatSpendNothingLeavesNothingBehind) {
  Fixture f(1000);
  f.spend({claim_of("spender")}, 100);
  for (int i = 0; i < 5000; ++i) {
    f.hold({claim_of(std::to_string(i))}, 100).settle(each(0));
    ASSERT_LE(f.store.size(), 3U);
  }
  EXPECT_EQ(f.remaining(claim_of("spender")), 0U);
}

}  // namespace
}  // namespace penstock::limits::test
