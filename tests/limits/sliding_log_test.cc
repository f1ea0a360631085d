#include "limits/sliding_log.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "limits/fixture.h"

namespace penstock::limits::test {
namespace {

class SlidingLogProperty : public testing::TestWithParam<unsigned> {
 protected:
  std::uint64_t upto(std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(0, most)(random_);
  }
  void pass_time(const Limit& limit) {
    const auto window_ns = std::chrono::nanoseconds(limit.every).count();
    const auto most = static_cast<std::uint64_t>(window_ns) / (upto(9) == 0 ? 1 : 20);
    f_.clock.advance(std::chrono::nanoseconds(upto(most)));
  }

  SlidingLog::Time now() const { return f_.clock.now().time_since_epoch(); }

  std::mt19937_64 random_{GetParam()};
  Fixture f_;
  Limit limit_ = bucket_limit("limit", 1 + upto(200), std::chrono::milliseconds(1 + upto(70'000)));
  Claim claim_{&limit_, "k"};
};

TEST_P(SlidingLogProperty, AdmitsExactlyWhatTheLogAllowsWhenNothingIsHeld) {
  SlidingLog log(limit_);
  std::size_t admitted = 0;
  for (int i = 0; i < 400; ++i) {
    pass_time(limit_);
    const std::uint64_t amount = 1 + upto(limit_.capacity);
    auto result = f_.reserve({claim_}, amount);
    auto* lease = std::get_if<Reservation>(&result);
    ASSERT_EQ(lease != nullptr, log.fits(now(), amount)) << "step " << i;
    if (lease == nullptr) continue;
    lease->settle(each(amount));
    log.admit(now(), amount);
    ++admitted;
  }
  EXPECT_GT(admitted, 10U);
}

TEST_P(SlidingLogProperty, AdmitsNoMoreThanTheLogAllowsHoweverLongTheHolds) {
  struct Open {
    Reservation lease;
    std::size_t index;
    std::uint64_t amount;
  };
  SlidingLog log(limit_);
  std::vector<Open> open;
  for (int i = 0; i < 600; ++i) {
    pass_time(limit_);
    if (!open.empty() && upto(2) == 0) {
      std::swap(open[upto(open.size() - 1)], open.back());
      const std::uint64_t used = upto(open.back().amount);
      open.back().lease.settle(each(used));
      log.correct(open.back().index, used);
      open.pop_back();
      continue;
    }
    const std::uint64_t amount = 1 + upto(limit_.capacity / 2);
    auto result = f_.reserve({claim_}, amount);
    if (auto* lease = std::get_if<Reservation>(&result)) {
      open.push_back({std::move(*lease), log.admit(now(), amount), amount});
    }
  }
  for (Open& left : open) {
    left.lease.settle(each(left.amount));
    log.correct(left.index, left.amount);
  }
  EXPECT_TRUE(log.holds());
}

INSTANTIATE_TEST_SUITE_P(Seeds, SlidingLogProperty, testing::Range(1U, 41U));

TEST(SlidingLog, WouldCatchAnAdmissionTooMany) {
  const Limit limit = bucket_limit("limit", 10, 10s);
  SlidingLog log(limit);
  penstock::test::ManualClock clock;
  log.admit(clock.now().time_since_epoch(), 10);
  clock.advance(5s);
  EXPECT_TRUE(log.fits(clock.now().time_since_epoch(), 5));
  EXPECT_FALSE(log.fits(clock.now().time_since_epoch(), 6));
  log.admit(clock.now().time_since_epoch(), 6);
  EXPECT_FALSE(log.holds());
}

}  // namespace
}  // namespace penstock::limits::test
