#include <algorithm>
#include <deque>
#include <random>

#include <gtest/gtest.h>

#include "limits/fixture.h"

namespace penstock::limits::test {
namespace {

const Limit kLog{"log", Unit::kRequests, Algorithm::kLog, 100, 60s, {}};
const Claim kAnn{&kLog, "ann"};

TEST(Log, GrantsTheCapacityInEveryWindow) {
  Fixture f;
  f.spend({kAnn}, 60);
  f.clock.advance(59s);
  f.spend({kAnn}, 40);
  EXPECT_EQ(f.refused({kAnn}, 1).retry_after, 1s);
  f.clock.advance(1s);
  f.spend({kAnn}, 60);
  EXPECT_EQ(f.refused({kAnn}, 1).retry_after, 59s);
}

TEST(Log, TellsWhenEnoughHasAged) {
  Fixture f;
  f.spend({kAnn}, 30);
  f.clock.advance(10s);
  f.spend({kAnn}, 50);
  EXPECT_EQ(f.refused({kAnn}, 30).retry_after, 50s);
  EXPECT_EQ(f.refused({kAnn}, 51).retry_after, 60s);
  EXPECT_EQ(f.reset(kAnn), 60s);
}

TEST(Log, CorrectsAnAdmissionInItsPlace) {
  Fixture f;
  Reservation held = f.hold({kAnn}, 80);
  f.clock.advance(30s);
  held.settle(each(10));
  EXPECT_EQ(f.remaining(kAnn), 90U);
  f.clock.advance(30s);
  EXPECT_EQ(f.remaining(kAnn), 100U);
}

TEST(Log, CountsWhatIsHeldHoweverOld) {
  Fixture f;
  Reservation held = f.hold({kAnn}, 80);
  f.clock.advance(1h);
  EXPECT_EQ(f.remaining(kAnn), 20U);
  EXPECT_TRUE(held.extend(each(10)));
  held.settle(each(90));
  EXPECT_EQ(f.remaining(kAnn), 100U);
}

TEST(Log, OverrunBecomesDebtOfOneCapacityAtMost) {
  Fixture f;
  f.hold({kAnn}, 10).settle(each(1'000'000));
  EXPECT_EQ(f.remaining(kAnn), 0U);
  EXPECT_EQ(f.refused({kAnn}, 1).retry_after, 60s);
  f.clock.advance(60s);
  EXPECT_EQ(f.remaining(kAnn), 100U);
}

TEST(Log, WithMoreAdmissionsThanItRemembersGrantsLaterAndNeverMore) {
  const Limit large{"large", Unit::kRequests, Algorithm::kLog, 5000, 60s, {}};
  const Claim claim{&large, "k"};
  Fixture f;
  for (int i = 0; i < 5000; ++i) {
    f.spend({claim}, 1);
    f.clock.advance(1ms);
  }
  EXPECT_EQ(f.remaining(claim), 0U);
  f.clock.advance(55s);  // the first is a minute old, but counts as one with many behind it
  EXPECT_EQ(f.remaining(claim), 0U);
  f.clock.advance(5s);
  EXPECT_EQ(f.remaining(claim), 5000U);
}

class LogProperty : public testing::TestWithParam<unsigned> {};

TEST_P(LogProperty, AdmitsExactlyWhatFitsIntoTheWindow) {
  std::mt19937 random(GetParam());
  Fixture f;
  std::deque<std::pair<MonotonicTime, std::uint64_t>> admitted;
  for (int i = 0; i < 500; ++i) {
    f.clock.advance(std::chrono::milliseconds(random() % 4000));
    while (!admitted.empty() && f.clock.now() - admitted.front().first >= 60s) {
      admitted.pop_front();
    }
    std::uint64_t total = 0;
    for (const auto& [at, amount] : admitted) total += amount;
    const std::uint64_t amount = 1 + random() % 30;
    auto result = f.reserve({kAnn}, amount);
    auto* lease = std::get_if<Reservation>(&result);
    ASSERT_EQ(lease != nullptr, total + amount <= 100) << "step " << i;
    if (lease == nullptr) continue;
    const std::uint64_t used = random() % (amount + 1);
    lease->settle(each(used));
    admitted.emplace_back(f.clock.now(), used);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LogProperty, testing::Range(1U, 21U));

}  // namespace
}  // namespace penstock::limits::test
