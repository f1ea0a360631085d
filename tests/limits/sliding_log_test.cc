#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "limits/fixture.h"

namespace penstock::limits::test {
namespace {

__extension__ using Wide = __int128;

/// The oracle: remembers each admission and its charge, and looks at every window there was.
class SlidingLog {
 public:
  explicit SlidingLog(const Limit& limit)
      : capacity_(limit.capacity), window_ns_(std::chrono::nanoseconds(limit.every).count()) {}

  std::size_t admit(MonotonicTime at, std::uint64_t charge) {
    entries_.push_back({at, charge});
    return entries_.size() - 1;
  }
  void correct(std::size_t index, std::uint64_t charge) { entries_[index].charge = charge; }

  /// Whether `charge` more at `at` keeps every window within capacity + rate x its length.
  bool fits(MonotonicTime at, std::uint64_t charge) const {
    Wide sum = charge;
    if (sum > capacity_) return false;
    return std::all_of(entries_.rbegin(), entries_.rend(), [&](const Entry& entry) {
      sum += entry.charge;
      return sum * window_ns_ <= capacity_ * window_ns_ + (at - entry.at).count() * capacity_;
    });
  }

  /// Whether every window that ends with an admission is within its bound.
  bool holds() const {
    SlidingLog before(*this);
    while (!before.entries_.empty()) {
      const Entry last = before.entries_.back();
      before.entries_.pop_back();
      if (!before.fits(last.at, last.charge)) return false;
    }
    return true;
  }

 private:
  struct Entry {
    MonotonicTime at;
    std::uint64_t charge;
  };
  Wide capacity_;
  Wide window_ns_;
  std::vector<Entry> entries_;
};

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
    ASSERT_EQ(lease != nullptr, log.fits(f_.clock.now(), amount)) << "step " << i;
    if (lease == nullptr) continue;
    lease->settle(each(amount));
    log.admit(f_.clock.now(), amount);
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
      open.push_back({std::move(*lease), log.admit(f_.clock.now(), amount), amount});
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
  log.admit(clock.now(), 10);
  clock.advance(5s);
  EXPECT_TRUE(log.fits(clock.now(), 5));
  EXPECT_FALSE(log.fits(clock.now(), 6));
  log.admit(clock.now(), 6);
  EXPECT_FALSE(log.holds());
}

}  // namespace
}  // namespace penstock::limits::test
