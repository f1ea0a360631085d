#include "limits/period.h"

#include <map>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace penstock::limits::internal {
namespace {

using namespace std::chrono_literals;
using std::chrono::hours;
using std::chrono::nanoseconds;

constexpr WallTime kNoon = WallTime(1'767'355'200s);  // 2026-01-02T12:00:00Z
constexpr auto kDay = 24h;

std::shared_ptr<const Calendar> days() {
  return *Calendar::create(limits::Period::kDay, "UTC");
}

Limit daily(std::uint64_t capacity) {
  Limit limit;
  limit.algorithm = Algorithm::kCalendar;
  limit.capacity = capacity;
  limit.calendar = days();
  return limit;
}

/// Two clocks that are set apart.
struct Clocks final : Clock {
  MonotonicTime now() const override { return ticks; }
  WallTime wall_now() const override { return wall; }

  WallTime wall = kNoon;
  MonotonicTime ticks{1h};
};

/// A meter of days in UTC, first asked at noon.
struct Meter {
  explicit Meter(std::uint64_t capacity) : period(daily(capacity), moment()) {}

  /// Time passes.
  void pass(nanoseconds time) {
    clocks.wall += std::chrono::duration_cast<WallTime::duration>(time);
    clocks.ticks += time;
    period.advance(moment());
  }
  /// Somebody sets the wall clock.
  void set_clock(nanoseconds by) {
    clocks.wall += std::chrono::duration_cast<WallTime::duration>(by);
    period.advance(moment());
  }
  void spend(std::uint64_t amount) {
    ASSERT_TRUE(period.take(amount));
    period.settle(period.stamp(), amount, amount);
  }

  Moment moment() const { return {clocks.ticks, &clocks}; }

  Clocks clocks;
  Period period;
};

TEST(Period, GrantsItsCapacityInEverySpanAndNoMore) {
  Meter meter(100);
  meter.spend(60);
  EXPECT_FALSE(meter.period.take(41));
  EXPECT_TRUE(meter.period.take(40));
  EXPECT_FALSE(meter.period.take(1));
  EXPECT_EQ(meter.period.used(), 60u);
  EXPECT_EQ(meter.period.reserved(), 40u);
  EXPECT_EQ(meter.period.remaining(), 0u);
  meter.pass(12h - 1ns);
  EXPECT_FALSE(meter.period.take(1));
  meter.pass(1ns);
  EXPECT_EQ(meter.period.remaining(), 100u);
  EXPECT_TRUE(meter.period.take(100));
}

TEST(Period, TellsHowLongItTakesUntilThereIsMore) {
  Meter meter(100);
  EXPECT_EQ(meter.period.time_to(100), 0ns);
  meter.spend(30);
  EXPECT_EQ(meter.period.time_to(70), 0ns);
  EXPECT_EQ(meter.period.time_to(71), 12h);
  meter.pass(5h);
  EXPECT_EQ(meter.period.time_to(100), 7h);
  EXPECT_EQ(meter.period.end(), kNoon + 12h);
  meter.pass(7h);
  EXPECT_EQ(meter.period.time_to(100), 0ns);
  EXPECT_EQ(meter.period.end(), kNoon + 36h);
}

TEST(Period, GivesBackWhatWasNotUsed) {
  Meter meter(100);
  ASSERT_TRUE(meter.period.take(100));
  meter.period.settle(meter.period.stamp(), 100, 30);
  EXPECT_EQ(meter.period.remaining(), 70u);
  ASSERT_TRUE(meter.period.take(70));
  meter.period.settle(meter.period.stamp(), 70, 0);
  EXPECT_EQ(meter.period.remaining(), 70u);
  EXPECT_EQ(meter.period.used(), 30u);
}

TEST(Period, NeitherMintsForTheNextSpanNorChargesIt) {
  Meter meter(100);
  const auto yesterday = meter.period.stamp();
  ASSERT_TRUE(meter.period.take(40));
  ASSERT_TRUE(meter.period.take(60));
  meter.pass(kDay);
  ASSERT_TRUE(meter.period.take(90));
  meter.period.settle(yesterday, 40, 0);     // a refund
  meter.period.settle(yesterday, 60, 5000);  // an overrun
  EXPECT_EQ(meter.period.reserved(), 90u);
  EXPECT_EQ(meter.period.used(), 0u);
  EXPECT_EQ(meter.period.remaining(), 10u);
}

TEST(Period, ExtendsInTheSpanOfTheAdmission) {
  Meter meter(100);
  const auto yesterday = meter.period.stamp();
  ASSERT_TRUE(meter.period.take(40));
  meter.pass(kDay);
  meter.spend(100);
  EXPECT_TRUE(meter.period.extend(yesterday, 60));  // though today is used up
  EXPECT_FALSE(meter.period.extend(yesterday, 1));
  meter.period.settle(yesterday, 100, 50);
  EXPECT_TRUE(meter.period.extend(yesterday, 50));
  EXPECT_EQ(meter.period.remaining(), 0u);
}

TEST(Period, ForgetsTheSpanBeforeThePreviousOne) {
  Meter meter(100);
  const auto first = meter.period.stamp();
  ASSERT_TRUE(meter.period.take(40));
  meter.pass(kDay);
  meter.pass(kDay);
  EXPECT_FALSE(meter.period.extend(first, 1));
  meter.period.settle(first, 40, 100);
  EXPECT_EQ(meter.period.remaining(), 100u);
  EXPECT_EQ(meter.period.reserved(), 0u);
}

TEST(Period, KeepsAnOverrunAsDebtOfItsSpan) {
  Meter meter(100);
  ASSERT_TRUE(meter.period.take(10));
  meter.period.settle(meter.period.stamp(), 10, 130);
  EXPECT_EQ(meter.period.used(), 130u);
  EXPECT_EQ(meter.period.remaining(), 0u);
  EXPECT_FALSE(meter.period.take(0));
  EXPECT_EQ(meter.period.time_to(0), 12h);
  meter.pass(kDay);
  EXPECT_EQ(meter.period.remaining(), 100u);
}

TEST(Period, DoesNotOverflow) {
  constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
  Meter meter(kMaxCapacity);
  EXPECT_FALSE(meter.period.take(kHuge));
  for (int i = 0; i < 10; ++i) {
    meter.period.settle(meter.period.stamp(), 0, kHuge);
    EXPECT_EQ(meter.period.used(), 2 * kMaxCapacity);
  }
  EXPECT_FALSE(meter.period.take(1));
  EXPECT_EQ(meter.period.remaining(), 0u);
}

TEST(PeriodClock, PutBackOverABoundaryGrantsNothingAnew) {
  Meter meter(100);
  meter.spend(100);
  meter.pass(12h);  // midnight
  meter.spend(80);
  for (int i = 0; i < 5; ++i) {  // a clock that is corrected to and fro
    meter.set_clock(-2s);
    EXPECT_EQ(meter.period.remaining(), 20u);
    EXPECT_EQ(meter.period.time_to(100), 24h + 2s);
    meter.set_clock(2s);
    EXPECT_EQ(meter.period.remaining(), 20u);
  }
  meter.pass(kDay);
  EXPECT_EQ(meter.period.remaining(), 100u);
}

TEST(PeriodClock, AYearAheadAndBackCostsOneGrantAndEndsAfterTwoSpansAtMost) {
  Meter meter(100);
  meter.spend(100);
  meter.set_clock(365 * kDay);
  meter.spend(70);
  meter.set_clock(-365 * kDay);
  EXPECT_EQ(meter.period.remaining(), 30u);
  EXPECT_EQ(meter.period.time_to(100), 36h);  // the first midnight when a day is over
  meter.pass(kDay);
  EXPECT_EQ(meter.period.remaining(), 30u);
  EXPECT_EQ(meter.period.time_to(100), 12h);
  EXPECT_EQ(meter.period.end(), kNoon + 36h);
  meter.pass(12h);
  EXPECT_EQ(meter.period.remaining(), 100u);
}

TEST(PeriodClock, SetBackByMoreThanASpanGrantsNoSpanTwice) {
  Meter meter(100);
  meter.pass(20h);  // eight in the morning
  meter.spend(100);
  meter.set_clock(-26h);
  for (int hour = 0; hour < 18 + 24; ++hour) {
    EXPECT_EQ(meter.period.time_to(100), hours(18 + 24 - hour));
    EXPECT_FALSE(meter.period.take(1));
    meter.pass(1h);
  }
  EXPECT_EQ(meter.period.remaining(), 100u);
}

TEST(PeriodClock, SetBackDoesNotMixUpSpansOfTheSameDay) {
  Meter meter(100);
  const auto before = meter.period.stamp();
  ASSERT_TRUE(meter.period.take(50));
  meter.set_clock(kDay);
  meter.set_clock(-2 * kDay);
  meter.pass(kDay);  // the first day is called so once more
  EXPECT_EQ(meter.period.end(), kNoon + 12h);
  ASSERT_TRUE(meter.period.take(10));
  meter.period.settle(before, 50, 0);
  EXPECT_EQ(meter.period.reserved(), 10u);
}

TEST(PeriodRestored, GoesOnWhereTheProcessBeforeEnded) {
  Meter meter(100);
  meter.period.restore(60, kNoon - 11h, meter.moment());
  EXPECT_EQ(meter.period.used(), 60u);
  EXPECT_EQ(meter.period.remaining(), 40u);
  meter.pass(12h);
  EXPECT_EQ(meter.period.remaining(), 100u);
}

TEST(PeriodRestored, ForgetsWhatWasUsedInASpanThatIsOver) {
  Meter meter(100);
  meter.period.restore(60, kNoon - 13h, meter.moment());
  EXPECT_EQ(meter.period.remaining(), 100u);
}

TEST(PeriodRestored, GrantsNothingAnewWhereTheClockWasPutBackMeanwhile) {
  Meter meter(100);
  meter.period.restore(60, kNoon + 400 * kDay, meter.moment());
  EXPECT_EQ(meter.period.remaining(), 40u);
  EXPECT_EQ(meter.period.time_to(100), 36h);
  meter.pass(36h);
  EXPECT_EQ(meter.period.remaining(), 100u);
}

/// What a meter should do, as one would write it with a table of all spans.
class Oracle {
 public:
  explicit Oracle(std::uint64_t capacity) : capacity_(capacity) {}

  struct Hold {
    std::int64_t day;
    Stamp stamp;
    std::uint64_t amount;
  };
  void go_to(WallTime now) {
    const auto day = now.time_since_epoch() / kDay;
    if (day == day_) return;
    before_ = day_;
    day_ = day;
  }
  bool take(std::uint64_t amount, std::int64_t day) {
    auto& [used, held] = table_[day];
    if (used + held + amount > capacity_) return false;
    held += amount;
    return true;
  }
  bool extend(std::uint64_t amount, std::int64_t day) {
    return (day == day_ || day == before_) && take(amount, day);
  }
  void settle(const Hold& hold, std::uint64_t used) {
    table_[hold.day].held -= hold.amount;
    table_[hold.day].used += used;
  }
  std::int64_t day() const { return day_; }
  std::uint64_t used() { return table_[day_].used; }
  std::uint64_t held() { return table_[day_].held; }

 private:
  struct Row {
    std::uint64_t used = 0;
    std::uint64_t held = 0;
  };
  std::uint64_t capacity_;
  std::map<std::int64_t, Row> table_;
  std::int64_t day_ = kNoon.time_since_epoch() / kDay;
  std::int64_t before_ = -1;
};

class PeriodProperty : public ::testing::TestWithParam<unsigned> {
 protected:
  std::uint64_t up_to(std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(0, most)(random_);
  }
  std::mt19937_64 random_{GetParam()};
};

TEST_P(PeriodProperty, DoesWhatATableOfAllSpansWouldDo) {
  Meter meter(1000);
  Oracle oracle(1000);
  std::vector<Oracle::Hold> holds;
  for (int step = 0; step < 3000; ++step) {
    switch (up_to(3)) {
      case 0: {
        meter.pass(hours(up_to(up_to(9) == 0 ? 60 : 3)));
        oracle.go_to(meter.clocks.wall);
        break;
      }
      case 1: {
        const std::uint64_t amount = up_to(400);
        const bool taken = meter.period.take(amount).has_value();
        ASSERT_EQ(taken, oracle.take(amount, oracle.day()));
        if (taken) holds.push_back({oracle.day(), meter.period.stamp(), amount});
        break;
      }
      case 2: {
        if (holds.empty()) break;
        Oracle::Hold& hold = holds[up_to(holds.size() - 1)];
        const std::uint64_t more = up_to(100);
        const bool extended = meter.period.extend(hold.stamp, more);
        ASSERT_EQ(extended, oracle.extend(more, hold.day));
        if (extended) hold.amount += more;
        break;
      }
      default: {
        if (holds.empty()) break;
        const std::size_t which = up_to(holds.size() - 1);
        const std::uint64_t used = up_to(holds[which].amount * 5 / 4);
        meter.period.settle(holds[which].stamp, holds[which].amount, used);
        oracle.settle(holds[which], used);
        holds.erase(holds.begin() + static_cast<std::ptrdiff_t>(which));
      }
    }
    ASSERT_EQ(meter.period.used(), oracle.used());
    ASSERT_EQ(meter.period.reserved(), oracle.held());
  }
}

TEST_P(PeriodProperty, GrantsOncePerSpanHoweverTheClockIsSetBack) {
  Meter meter(1000);
  std::uint64_t granted = 0;
  const MonotonicTime begin = meter.clocks.ticks;
  for (int step = 0; step < 5000; ++step) {
    if (up_to(9) == 0) meter.set_clock(-hours(up_to(50)));
    meter.pass(hours(up_to(5)));
    const std::uint64_t amount = meter.period.remaining();
    if (amount == 0) continue;
    ASSERT_EQ(amount, 1000u);
    ASSERT_EQ(meter.period.time_to(1), 0ns);
    meter.spend(amount);
    granted += amount;
    const auto spans = static_cast<std::uint64_t>((meter.clocks.ticks - begin) / kDay);
    ASSERT_LE(granted, (2 + spans) * 1000);
  }
  EXPECT_GT(granted, 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PeriodProperty, ::testing::Range(0u, 20u));

}  // namespace
}  // namespace penstock::limits::internal
