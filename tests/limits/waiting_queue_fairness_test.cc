#include <cstdint>
#include <deque>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "limits/contest.h"

namespace penstock::limits::test {
namespace {

constexpr std::int64_t kPerSecond = 20'000;
constexpr auto kTime = 30s;
constexpr double kRefilled = 30.0 * kPerSecond;

double share(const Client& client) {
  return static_cast<double>(client.granted) / kRefilled;
}

/// Sizes of the requests of two keys, workers of each, the longest wait: short enough that the
/// queue stands and sends many away, or long enough that nobody is refused.
class TwoKeys : public testing::TestWithParam<
                    std::tuple<std::pair<int, int>, int, std::chrono::milliseconds>> {};

TEST_P(TwoKeys, GetTheSameTokensWhateverTheirRequestsCost) {
  const auto [costs, workers, max_wait] = GetParam();
  Client small("small", static_cast<std::uint64_t>(costs.first));
  Client large("large", static_cast<std::uint64_t>(costs.second));
  Contest contest({max_wait, 1000}, kPerSecond);
  contest.add(small, workers);
  contest.add(large, workers);
  contest.run(kTime);
  EXPECT_NEAR(share(small), 0.5, 0.025);
  EXPECT_NEAR(share(large), 0.5, 0.025);
  EXPECT_GT(share(small) + share(large), 0.98);  // nothing was left unused
}

INSTANTIATE_TEST_SUITE_P(Loads, TwoKeys,
                         testing::Combine(testing::Values(std::pair(100, 3000), std::pair(50, 500),
                                                          std::pair(1000, 1000),
                                                          std::pair(700, 5000)),
                                          testing::Values(5, 60),
                                          testing::Values(5000ms, 60'000ms)));

TEST(TwoKeys, GetTheSameTokensAlsoWhereOneComesAnewEachTime) {
  Client alone("alone", 500);  // whenever it is served, nobody waits for it
  Client many("many", 500);
  Contest contest({60s, 1000}, kPerSecond);
  contest.add(alone, 1);
  contest.add(many, 30);
  contest.run(kTime);
  EXPECT_NEAR(share(alone), 0.5, 0.025);
}

TEST(ManyKeys, LeaveAnOldKeyItsShare) {
  for (const auto max_wait : {5s, 60s}) {
    std::deque<Client> flood;
    Client old("old", 500);
    Contest contest({max_wait, 5000}, 100'000);
    contest.add(old, 3);
    contest.run(100ms);
    for (int i = 0; i < 1000; ++i) {
      contest.add(flood.emplace_back("flood " + std::to_string(i), 500), 1);
    }
    contest.run(20s);
    EXPECT_GE(old.granted + internal::RoundRobin::kQuantum, contest.granted / 1001);
  }
}

TEST(ManyKeys, LeaveAnOldKeyItsShareAlsoOfTheRoomInTheQueue) {
  std::deque<Client> flood;
  Client old("old", 500);
  Contest contest({60s, 100}, 20'000);
  for (int i = 0; i < 20; ++i) {
    contest.add(flood.emplace_back("flood " + std::to_string(i), 500), 20);
  }
  contest.run(10s);
  EXPECT_EQ(contest.queue.size(), 100U);
  const std::uint64_t before = contest.granted;
  contest.add(old, 2);
  contest.run(20s);
  const double part =
      static_cast<double>(old.granted) / static_cast<double>(contest.granted - before);
  EXPECT_GT(part, 0.95 / 21);
  EXPECT_EQ(old.refused, 0U);
}

TEST(ManyKeys, DoNotDelayAKeyThatWantsLittle) {
  std::deque<Client> flood;
  Contest contest({60s, 1000}, 20'000);
  for (int i = 0; i < 5; ++i) {
    contest.add(flood.emplace_back("flood " + std::to_string(i), 2000), 20);
  }
  contest.run(5s);
  for (int i = 0; i < 5; ++i) {
    const Request& request = contest.ask("old", 500, {tokens("all", 500)});
    // At most one round and the request that is waited for at the moment: (5 x 2,000 + 2,000 + 500)
    // tokens.
    contest.run(630ms);
    EXPECT_TRUE(request.granted());
  }
}

TEST(ManyKeys, DoNotStarveALargeRequest) {
  std::deque<Client> flood;
  Contest contest({60s, 1000}, 20'000);
  for (int i = 0; i < 5; ++i) {
    contest.add(flood.emplace_back("flood " + std::to_string(i), 100), 20);
  }
  contest.run(5s);
  const Request& request = contest.ask("old", 20'000, {tokens("all", 20'000)});
  // Its key may spend a sixth of the 20,000 each second.
  contest.run(6500ms);
  EXPECT_TRUE(request.granted());
}

}  // namespace
}  // namespace penstock::limits::test
