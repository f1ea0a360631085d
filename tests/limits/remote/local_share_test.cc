#include "limits/remote/local_share.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "limits/remote/world.h"
#include "limits/world.h"
#include "support/manual_clock.h"

namespace penstock::limits::test {
namespace {

using testing::HasSubstr;
using Why = Refusal::Why;

class Share : public testing::Test {
 protected:
  bool takes(const Limit& limit, std::uint64_t amount, std::optional<std::uint64_t> left = {}) {
    return !shares_.take({&limit, limit.name, amount}, left);
  }
  Refusal refusal(const Limit& limit, std::uint64_t amount) {
    return shares_.take({&limit, limit.name, amount}, {}).value();
  }
  void settle(const Limit& limit, std::uint64_t taken, std::uint64_t used) {
    shares_.settle({&limit, limit.name, 0}, taken, used);
  }

  penstock::test::ManualClock clock_;
  remote::LocalShares shares_{clock_};
};

TEST_F(Share, OfABucketIsAnNthAndRefillsAsSlowly) {
  shares_.set_processes(4);
  const Limit limit = bucket(400, 100s);
  EXPECT_TRUE(takes(limit, 100));
  settle(limit, 100, 100);
  EXPECT_EQ(refusal(limit, 5).why, Why::kNotNow);
  EXPECT_EQ(refusal(limit, 5).retry_after, 5s);
  clock_.advance(5s);
  EXPECT_TRUE(takes(limit, 5));
  EXPECT_FALSE(takes(limit, 1));
}

TEST_F(Share, IsAtFirstNoMoreThanItsPartOfWhatWasLeft) {
  shares_.set_processes(2);
  const Limit limit = bucket(1000, 3600s);
  EXPECT_FALSE(takes(limit, 31, 60));
  EXPECT_TRUE(takes(limit, 30, 60));
}

TEST_F(Share, TakesDebtAndGivesBackWhatWasNotUsed) {
  const Limit limit = bucket(100, 100s);
  EXPECT_TRUE(takes(limit, 60));
  settle(limit, 60, 10);
  EXPECT_TRUE(takes(limit, 90));
  settle(limit, 90, 120);
  EXPECT_EQ(refusal(limit, 1).retry_after, 31s);
}

TEST_F(Share, OfACalendarIsGrantedAnewInTheNextPeriod) {
  const Limit limit = hourly(100);
  EXPECT_TRUE(takes(limit, 100));
  settle(limit, 100, 100);
  EXPECT_FALSE(takes(limit, 1));
  clock_.advance(1h);
  EXPECT_TRUE(takes(limit, 100));
}

TEST_F(Share, OfSlotsComesBackWhenRequestsEnd) {
  shares_.set_processes(2);
  const Limit limit = slots(5);
  EXPECT_TRUE(takes(limit, 1));
  EXPECT_TRUE(takes(limit, 1));
  EXPECT_FALSE(takes(limit, 1));
  settle(limit, 1, 1);
  EXPECT_TRUE(takes(limit, 1));
}

TEST_F(Share, ThatIsTooSmallForARequestSaysThatTheStoreIsDown) {
  shares_.set_processes(4);
  const Limit limit = bucket(400, 100s);
  EXPECT_EQ(refusal(limit, 101).why, Why::kStoreDown);
}

TEST(Journal, KeepsSettlementsInOrderUntilTheyAreConfirmed) {
  remote::Journal journal;
  for (const char* words : {"a", "b", "c"}) EXPECT_TRUE(journal.push(words, 1));
  const auto first = journal.front(2);
  EXPECT_EQ(first.words, "$1\r\n1\r\na$1\r\n2\r\nb");
  EXPECT_EQ(first.count, 4U);
  EXPECT_EQ(first.last, 2U);
  EXPECT_EQ(journal.front(2).words, first.words) << "told again where the answer was lost";
  journal.confirm(2);
  journal.confirm(2);
  EXPECT_EQ(journal.front(9).words, "$1\r\n3\r\nc");
  EXPECT_EQ(journal.last_number(), 3U);
}

TEST(Journal, ThatIsFullCountsWhatItLosesAndSaysSoOnce) {
  const penstock::test::Listener nobody;
  nobody.shut_down();
  Process process(nobody.port(), system_clock());
  ASSERT_TRUE(eventually([&] { return !process.asks(); }));
  Limit limit = bucket(1000, 60s);
  limit.on_store_failure = OnStoreFailure::kOpen;
  for (std::size_t i = 0; i < remote::Journal::kMaxEntries + 50; ++i) {
    auto result = process.store->reserve(std::vector<Claim>{{&limit, "k", 1}});
    std::get<Reservation>(result).settle(std::vector<std::uint64_t>{1});
  }
  EXPECT_EQ(process.metrics.total(remote::kStoreJournalLost), 50);
  const std::string words = process.words();
  const std::size_t said = words.find("the journal of the store of limits is full");
  ASSERT_NE(said, std::string::npos);
  EXPECT_EQ(words.find("the journal of the store of limits is full", said + 1), std::string::npos);
}

}  // namespace
}  // namespace penstock::limits::test
