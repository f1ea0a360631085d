#include <deque>
#include <string>

#include <gmock/gmock.h>

#include "limits/contest.h"
#include "limits/queue_delay.h"

namespace penstock::limits::test {
namespace {

using internal::QueueDelay;
using testing::HasSubstr;
using testing::Not;

TEST(QueueDelay, CallsAQueueStandingWhoseDelaysWereAboveTheTargetForAnInterval) {
  const MonotonicTime start{1h};
  QueueDelay delay(10s);  // target 500 ms, interval 5 s
  delay.note(501ms, start);
  delay.note(2s, start + 4999ms);
  EXPECT_FALSE(delay.stands());
  delay.note(501ms, start + 5s);
  EXPECT_TRUE(delay.stands());
  EXPECT_EQ(delay.patience(), 1s);
}

TEST(QueueDelay, ForgivesEverythingForOneShortDelay) {
  const MonotonicTime start{1h};
  QueueDelay delay(10s);
  delay.note(900ms, start);
  delay.note(900ms, start + 5s);
  EXPECT_TRUE(delay.stands());
  delay.note(500ms, start + 6s);
  EXPECT_FALSE(delay.stands());
  delay.note(900ms, start + 7s);
  delay.note(900ms, start + 11s);
  EXPECT_FALSE(delay.stands());
  delay.note(900ms, start + 12s);
  EXPECT_TRUE(delay.stands());
}

constexpr const char* kNoneSentAway = "queue_shed_total{reason=\"overload\"} 0\n";

TEST(Overload, RefusesNobodyInABurst) {
  QueueFixture f;
  f.store.set("m", 0, 1000);
  for (int i = 0; i < 24; ++i) f.ask("ann", 100, {tokens("m", 100)});  // 2.4 s
  for (int i = 0; i < 240; ++i) f.advance(10ms);
  EXPECT_EQ(f.order.size(), 24U);
  EXPECT_THAT(f.text_of_metrics(), HasSubstr(kNoneSentAway));
}

TEST(Overload, RefusesThoseThatWaitTooLongInAQueueThatStands) {
  Client client("ann", 100);
  Contest contest({5s, 1000}, 1000);
  contest.add(client, 200);  // ten times what can be served within max_wait
  contest.run(10s);
  EXPECT_THAT(contest.text_of_metrics(), Not(HasSubstr(kNoneSentAway)));
  client.longest_wait = {};
  contest.run(10s);
  // Twice the target for the turn, and the refill of the request itself.
  EXPECT_LE(client.longest_wait, 500ms + 100ms + 20ms);
  EXPECT_GE(client.granted, 19'500U);  // the meter was never left unused
  EXPECT_THAT(contest.text_of_metrics(), HasSubstr("queue_shed_total{reason=\"timeout\"} 0\n"));
}

TEST(Overload, TellsThoseThatItRefusesWhenToComeAgain) {
  Client client("ann", 100);
  Contest contest({5s, 1000}, 1000);
  contest.add(client, 200);
  contest.run(10s);
  const Request& request = contest.ask("ann", 100, {tokens("all", 100)});
  contest.run(600ms);
  ASSERT_TRUE(request.refused());
  EXPECT_EQ(request.refusal().why, Refusal::Why::kNotNow);
  EXPECT_EQ(request.refusal().key, "all");
  EXPECT_GT(request.refusal().retry_after, 0ms);
}

TEST(Overload, AtOneMeterLeavesTheOthersAlone) {
  Client client("ann", 100);
  Contest contest({5s, 1000}, 1000);
  contest.add(client, 200);
  contest.run(10s);
  contest.store.set("other", 0, 100);
  const Request& request = contest.ask("bob", 400, {tokens("other", 400)});
  contest.run(4s);
  EXPECT_TRUE(request.granted());
}

TEST(Overload, GivesItsShareToALargeRequestThatComesAgainWhenItWasRefused) {
  Client large("large", 9000);  // its turn comes after longer than is allowed
  std::deque<Client> small;
  Contest contest({5s, 1000}, 20'000);
  for (int i = 0; i < 10; ++i) {
    contest.add(small.emplace_back("small " + std::to_string(i), 700), 20);
  }
  contest.add(large, 1);
  contest.run(60s);
  EXPECT_GT(large.refused, 5U);
  EXPECT_GT(static_cast<double>(large.granted), 0.8 / 11 * static_cast<double>(contest.granted));
}

TEST(Overload, EndsWhenTheQueueHasBeenShort) {
  QueueFixture f;
  f.store.set("m", 0, 1000);
  for (int i = 0; i < 40; ++i) f.ask("ann", 100, {tokens("m", 100)});  // 4 s: too long
  for (int i = 0; i < 500; ++i) f.advance(10ms);
  EXPECT_THAT(f.text_of_metrics(), Not(HasSubstr(kNoneSentAway)));
  EXPECT_EQ(f.queue.size(), 0U);
  const std::size_t before = f.order.size();
  for (int i = 0; i < 24; ++i) f.ask("ann", 100, {tokens("m", 100)});
  for (int i = 0; i < 240; ++i) f.advance(10ms);
  EXPECT_EQ(f.order.size(), before + 24);
}

}  // namespace
}  // namespace penstock::limits::test
