#include "limits/waiting_queue.h"

#include <new>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "limits/queue_fixture.h"
#include "support/fiber_test.h"

namespace penstock::limits::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

FIBER_TEST(Bell, WakesItsFiberUntilItIsMuted) {
  runtime::Fiber& self = runtime::Fiber::current();
  const auto bell = internal::Bell::create();
  bell->ring();
  EXPECT_EQ(self.park({}), runtime::Wake::kNotified);
  bell->ring();
  bell->mute();
  self.loop().post([&self] { self.notify(); });  // after the ring
  EXPECT_EQ(self.park({}), runtime::Wake::kNotified);
  EXPECT_EQ(self.park({MonotonicTime::min(), nullptr}), runtime::Wake::kDeadline);
}

TEST(WaitingQueue, AsksTheStoreAtOnceWhenNobodyWaits) {
  QueueFixture f;
  f.store.set("m", 100);
  EXPECT_TRUE(f.ask("ann", 60, {tokens("m", 60)}).granted());
  EXPECT_EQ(f.store.asked(), 1U);
}

TEST(WaitingQueue, WaitsForASlotUntilOneIsGivenBack) {
  QueueFixture f;
  f.store.set("s", 1);
  Request& first = f.ask("ann", 1, {slot("s")});
  Request& second = f.ask("bob", 1, {slot("s")});
  EXPECT_TRUE(second.waits());
  EXPECT_EQ(f.queue.size(), 1U);
  f.end(first);
  EXPECT_TRUE(second.granted());
  EXPECT_EQ(f.queue.size(), 0U);
}

TEST(WaitingQueue, WaitsForASlotWhateverTheStoreTellsClients) {
  QueueFixture f({500ms, 10});
  f.store.set("s", 1);
  f.store.unknown_wait = 1s;
  Request& first = f.ask("ann", 1, {slot("s")});
  Request& second = f.ask("bob", 1, {slot("s")});
  EXPECT_TRUE(second.waits());
  const Request& third = f.ask("cid", 1, {slot("s")});
  f.advance(100ms);
  f.end(first);
  EXPECT_TRUE(second.granted());
  f.advance(400ms);
  ASSERT_TRUE(third.refused());
  EXPECT_EQ(third.refusal().retry_after, 1s);
}

TEST(WaitingQueue, WaitsForARefillUntilTheTimeThatTheStoreNamed) {
  QueueFixture f;
  f.store.set("m", 0, 100);
  Request& request = f.ask("ann", 100, {tokens("m", 100)});
  f.advance(999ms);
  EXPECT_TRUE(request.waits());
  EXPECT_EQ(f.store.asked(), 1U);
  f.advance(1ms);
  EXPECT_TRUE(request.granted());
}

TEST(WaitingQueue, TriesEarlierWhenSomethingIsGivenBack) {
  QueueFixture f;
  f.store.set("m", 500, 100);
  Request& first = f.ask("ann", 500, {tokens("m", 500)});
  Request& second = f.ask("ann", 300, {tokens("m", 300)});
  EXPECT_TRUE(second.waits());
  f.end(first);
  EXPECT_TRUE(second.granted());
}

TEST(WaitingQueue, RefusesAtOnceWhatWaitingCannotHelp) {
  const Limit budget{"budget", Unit::kNanodollars, Algorithm::kCalendar, 100, 0ms};
  using Why = Refusal::Why;
  const std::vector<Refusal> refusals{
      {Why::kNeverFits, {&kTokens, 0, 0ms}, "m", 0ms},
      {Why::kNoRoom, {&kTokens, 0, 0ms}, "m", 1s},
      {Why::kStoreDown, {&kTokens, 0, 0ms}, "m", 0ms},
      {Why::kNotNow, {&kTokens, 0, 5001ms}, "m", 5001ms},
      {Why::kNotNow, {&budget, 0, 1s}, "b", 1s},
      {Why::kNotNow, {&kTokens, 0, 1s}, "a meter that nobody claimed", 1s},
  };
  for (const Refusal& refusal : refusals) {
    QueueFixture f;
    f.store.answer = [&refusal](auto) { return refusal; };
    const Request& request = f.ask("ann", 1, {tokens("m", 1), {&budget, "b", 1}});
    ASSERT_TRUE(request.refused()) << refusal.key;
    EXPECT_EQ(request.refusal().why, refusal.why);
    EXPECT_EQ(request.refusal().retry_after, refusal.retry_after);
    EXPECT_EQ(f.queue.size(), 0U);
  }
}

TEST(WaitingQueue, RefusesAtOnceWhatTheDeadlineDoesNotAllow) {
  QueueFixture f;
  f.store.set("m", 0, 100);
  EXPECT_TRUE(f.ask("ann", 100, {tokens("m", 100)}, 999ms).refused());
  EXPECT_TRUE(f.ask("ann", 100, {tokens("m", 100)}, 1s).waits());
}

TEST(WaitingQueue, RefusesOneThatWaitsWhenWaitingCannotHelpAnyMore) {
  QueueFixture f;
  f.store.set("s", 0);
  Request& request = f.ask("ann", 1, {slot("s")});
  f.store.answer = [](std::span<const Claim> claims) {
    return Refusal{Refusal::Why::kStoreDown, {claims[0].limit, 0, 0ms}, claims[0].key, 0ms};
  };
  f.store.tell("s");
  f.settle();
  ASSERT_TRUE(request.refused());
  EXPECT_EQ(request.refusal().why, Refusal::Why::kStoreDown);
}

TEST(WaitingQueue, ServesTheRequestsOfOneKeyAsTheyCame) {
  QueueFixture f;
  f.store.set("m", 0, 1000);
  std::vector<Request*> came;
  for (const std::uint64_t cost : {900, 10, 1500, 20}) {
    came.push_back(&f.ask("ann", cost, {tokens("m", cost)}));
  }
  for (int i = 0; i < 30; ++i) f.advance(100ms);
  EXPECT_EQ(f.order, came);
}

TEST(WaitingQueue, LetsNoSmallOnePassALargeOneOfItsKey) {
  QueueFixture f;
  f.store.set("m", 50, 100);
  const Request& large = f.ask("ann", 400, {tokens("m", 400)});
  const Request& small = f.ask("ann", 10, {tokens("m", 10)});
  EXPECT_TRUE(small.waits());
  f.advance(3500ms);
  EXPECT_TRUE(large.granted());
  f.advance(100ms);
  EXPECT_TRUE(small.granted());
}

TEST(WaitingQueue, LetsNobodyOfAnotherKeyPassInTheSameRound) {
  QueueFixture f;
  f.store.set("m", 50, 100);
  const Request& large = f.ask("ann", 400, {tokens("m", 400)});
  const Request& small = f.ask("bob", 10, {tokens("m", 10)});
  EXPECT_TRUE(small.waits());
  EXPECT_EQ(f.store.asked(), 1U);
  f.advance(3500ms);
  EXPECT_TRUE(large.granted());
}

TEST(WaitingQueue, BlocksNobodyWhoDoesNotWantTheMeter) {
  QueueFixture f;
  f.store.set("ann", 0, 10);
  f.store.set("bob", 100, 10);
  f.store.set("all", 1000, 10);
  const Request& ann = f.ask("ann", 50, {tokens("ann", 50), tokens("all", 50)});
  EXPECT_TRUE(ann.waits());
  EXPECT_TRUE(f.ask("bob", 50, {tokens("bob", 50), tokens("all", 50)}).granted());
  EXPECT_TRUE(f.ask("ann", 50, {tokens("other model", 0), tokens("all", 50)}).granted());
  EXPECT_TRUE(f.ask("ann", 1, {tokens("ann", 1), tokens("all", 1)}).waits());
}

TEST(WaitingQueue, StandsBehindThoseWhoWaitAtAnotherOfItsMeters) {
  QueueFixture f;
  f.store.set("ann", 0, 50);
  f.store.set("all", 0, 100);
  const Request& ann = f.ask("ann", 50, {tokens("ann", 50), tokens("all", 50)});  // 1 s
  const Request& bob = f.ask("bob", 200, {tokens("all", 200)});                   // 2 s
  f.advance(1s);  // there are 50 and 100 now, but bob was there before
  EXPECT_TRUE(ann.waits());
  f.advance(1s);
  EXPECT_TRUE(bob.granted());
  EXPECT_TRUE(ann.waits());
  f.advance(500ms);
  EXPECT_TRUE(ann.granted());
}

TEST(WaitingQueue, GivesSlotsInTurn) {
  QueueFixture f;
  f.store.set("s", 1);
  Request& holder = f.ask("cid", 1000, {slot("s")});
  for (int i = 0; i < 3; ++i) f.ask("ann", 1000, {slot("s")});
  for (int i = 0; i < 3; ++i) f.ask("bob", 1000, {slot("s")});
  f.end(holder);
  for (std::size_t i = 1; i < 6; ++i) {
    ASSERT_EQ(f.order.size(), i + 1);
    f.end(*f.order.back());
  }
  std::vector<std::string> names;
  for (const Request* request : f.order) names.push_back(request->who);
  EXPECT_THAT(names, ElementsAre("cid", "ann", "bob", "ann", "bob", "ann", "bob"));
}

TEST(WaitingQueue, RefusesWithTheRefusalOfTheStoreWhenItIsFull) {
  QueueFixture f({5s, 2});
  f.store.set("m", 0, 100);
  const Limit same = kTokens;  // as after a reload of the configuration
  f.ask("ann", 100, {tokens("m", 100)});
  f.ask("ann", 100, {tokens("m", 100)});
  f.advance(400ms);
  const Request& third = f.ask("ann", 100, {{&same, "m", 100}});
  ASSERT_TRUE(third.refused());
  EXPECT_EQ(third.refusal().why, Refusal::Why::kNotNow);
  EXPECT_EQ(third.refusal().key, "m");
  EXPECT_EQ(third.refusal().standing.limit, &same);
  EXPECT_EQ(third.refusal().retry_after, 600ms);
  EXPECT_EQ(f.store.asked(), 1U);  // the other answers are known
  f.store.set("elsewhere", 0, 100);
  const Request& fourth = f.ask("ann", 100, {tokens("elsewhere", 100)});
  ASSERT_TRUE(fourth.refused());
  EXPECT_EQ(fourth.refusal().key, "elsewhere");
  EXPECT_EQ(fourth.refusal().retry_after, 1s);
  EXPECT_EQ(f.queue.size(), 2U);
}

TEST(WaitingQueue, MakesRoomForAKeyThatHasLessThere) {
  QueueFixture f({5s, 3});
  f.store.set("m", 0, 100);
  const Request& first = f.ask("ann", 100, {tokens("m", 100)});
  const Request& second = f.ask("ann", 100, {tokens("m", 100)});
  const Request& third = f.ask("ann", 100, {tokens("m", 100)});
  const Request& bob = f.ask("bob", 100, {tokens("m", 100)});
  EXPECT_TRUE(third.refused());
  EXPECT_TRUE(bob.waits());
  EXPECT_TRUE(f.ask("bob", 100, {tokens("m", 100)}).refused());
  EXPECT_TRUE(f.ask("cid", 100, {tokens("m", 100)}).waits());
  EXPECT_TRUE(second.refused());
  EXPECT_TRUE(f.ask("dan", 100, {tokens("m", 100)}).refused());  // all have one each
  EXPECT_TRUE(first.waits());
  EXPECT_EQ(f.queue.size(), 3U);
}

TEST(WaitingQueue, DoesNotWaitAtAllWithoutRoomOrTime) {
  for (const QueueOptions options : {QueueOptions{5s, 0}, QueueOptions{0ms, 1000}}) {
    QueueFixture f(options);
    f.store.set("m", 0, 100);
    EXPECT_TRUE(f.ask("ann", 1, {tokens("m", 1)}).refused());
  }
}

TEST(WaitingQueue, TellsTheLastRefusalWhenTheWaitIsOver) {
  QueueFixture f({2s, 10});
  f.store.set("m", 0, 100);
  const Request& first = f.ask("ann", 150, {tokens("m", 150)});   // 1.5 s
  const Request& second = f.ask("ann", 100, {tokens("m", 100)});  // another second
  f.advance(1500ms);
  EXPECT_TRUE(first.granted());
  // It has become the first, and the store has told it more than it can wait.
  ASSERT_TRUE(second.refused());
  EXPECT_EQ(second.refusal().retry_after, 1s);
}

TEST(WaitingQueue, EndsTheWaitAfterTheLongestTimeAndAtTheDeadline) {
  QueueFixture f;
  f.store.set("s", 0);
  const Request& patient = f.ask("ann", 1, {slot("s")});
  const Request& behind = f.ask("ann", 1, {slot("s")});
  const Request& hurried = f.ask("bob", 1, {slot("s")}, 2s);
  f.advance(1999ms);
  EXPECT_TRUE(hurried.waits());
  f.advance(1ms);
  EXPECT_TRUE(hurried.refused());
  EXPECT_EQ(f.queue.size(), 2U);
  f.advance(2999ms);
  EXPECT_TRUE(patient.waits());
  f.advance(1ms);
  EXPECT_TRUE(patient.refused());
  EXPECT_TRUE(behind.refused());
  EXPECT_EQ(behind.refusal().key, "s");
}

TEST(WaitingQueue, AsksNotMoreOftenThanEvery20MillisecondsWhereNobodyTellsWhen) {
  QueueFixture f;
  f.store.set("s", 0);
  std::vector<MonotonicTime> asked;
  f.store.before = [&](auto) { asked.push_back(f.clock.now()); };
  for (int i = 0; i < 50; ++i) f.ask("ann", 1, {slot("s")});  // only the first one asks
  for (int i = 0; i < 1000; ++i) f.advance(1ms);
  ASSERT_GE(asked.size(), 6U);
  ASSERT_LE(asked.size(), 12U);
  for (std::size_t i = 1; i < asked.size(); ++i) EXPECT_GE(asked[i] - asked[i - 1], 20ms);
  f.store.set("s", 1);  // by another process, which tells nobody
  f.advance(160ms);
  EXPECT_EQ(f.order.size(), 1U);
}

TEST(WaitingQueue, HearsOfAReleaseThatComesWhileItIsRefused) {
  QueueFixture f;
  f.store.set("s", 1);
  Request& first = f.ask("ann", 1, {slot("s")});
  f.store.after = [&](auto, bool granted) {
    if (!granted) first.end();  // after the decision, before the other waits
  };
  EXPECT_TRUE(f.ask("bob", 1, {slot("s")}).granted());
}

TEST(WaitingQueue, HearsOfAReleaseThatComesWhileOneThatWaitsIsRefusedAgain) {
  QueueFixture f;
  f.store.set("s", 1);
  Request& first = f.ask("ann", 1, {slot("s")});
  const Request& second = f.ask("bob", 1, {slot("s")});
  f.store.after = [&](auto, bool granted) {
    if (!granted) first.end();
  };
  f.store.tell("s");  // for nothing
  f.settle();
  EXPECT_TRUE(second.granted());
}

TEST(WaitingQueue, WakesOnlyThoseWhoWaitAtTheMeterOfTheRelease) {
  QueueFixture f;
  f.store.set("a", 1);
  Request& holder = f.ask("ann", 1, {slot("a")});
  for (int i = 0; i < 20; ++i) f.ask("ann", 1, {slot("m" + std::to_string(i))});
  const Request& next = f.ask("ann", 1, {slot("a")});
  const std::size_t before = f.store.asked();
  f.end(holder);
  EXPECT_TRUE(next.granted());
  EXPECT_EQ(f.store.asked(), before + 1);
  f.store.tell_anywhere();
  f.settle();
  EXPECT_EQ(f.store.asked(), before + 21);
}

TEST(WaitingQueue, TakesOutAClientThatLeavesWhileItWaits) {
  QueueFixture f;
  f.store.set("s", 0);
  Request& first = f.ask("ann", 1, {slot("s")});
  Request& second = f.ask("ann", 1, {slot("s")});
  Request& third = f.ask("bob", 1, {slot("s")});
  second.cancel.request();
  EXPECT_EQ(f.queue.size(), 2U);  // at once
  EXPECT_TRUE(second.refused());
  first.cancel.request();
  EXPECT_EQ(f.queue.size(), 1U);
  f.store.set("s", 1);
  f.store.tell("s");
  f.settle();
  EXPECT_TRUE(third.granted());
}

TEST(WaitingQueue, LetsTheNextOneAskWhenTheFirstLeaves) {
  QueueFixture f;
  f.store.set("m", 100, 100);
  Request& large = f.ask("ann", 400, {tokens("m", 400)});
  const Request& small = f.ask("ann", 10, {tokens("m", 10)});
  EXPECT_TRUE(small.waits());
  large.cancel.request();
  f.settle();
  EXPECT_TRUE(small.granted());
}

TEST(WaitingQueue, TakesNobodyInWhoseClientHasLeft) {
  QueueFixture f;
  f.store.set("s", 0);
  Request* leaves = nullptr;
  f.store.before = [&](auto) { f.requests.back().cancel.request(); };
  leaves = &f.ask("ann", 1, {slot("s")});
  EXPECT_TRUE(leaves->refused());
  EXPECT_EQ(f.queue.size(), 0U);
}

/// The store is another machine: the fiber waits for its answer, and the client leaves meanwhile.
TEST(WaitingQueue, GivesBackWhatWasGrantedToAClientThatLeftAtThatMoment) {
  QueueFixture f;
  f.store.set("s", 1);
  Request& first = f.ask("ann", 1, {slot("s")});
  Request& second = f.ask("bob", 1, {slot("s")});
  const Request& third = f.ask("cid", 1, {slot("s")});
  runtime::Fiber* asking = nullptr;
  f.store.after = [&](auto, bool) {
    asking = &runtime::Fiber::current();
    asking->park({});
  };
  f.end(first);
  ASSERT_NE(asking, nullptr);
  EXPECT_TRUE(second.waits());
  second.cancel.request();
  f.store.after = nullptr;
  asking->notify();
  f.settle();
  EXPECT_TRUE(second.refused());
  EXPECT_TRUE(third.granted());
}

TEST(WaitingQueue, AsksForOneAtATimeAtAMeter) {
  QueueFixture f;
  f.store.set("s", 0);
  const Request& first = f.ask("ann", 1, {slot("s")});
  const Request& second = f.ask("bob", 1, {slot("s")});
  std::vector<runtime::Fiber*> asking;
  f.store.before = [&](auto) {
    asking.push_back(&runtime::Fiber::current());
    runtime::Fiber::current().park({});
  };
  f.store.set("s", 2);
  f.store.tell("s");
  f.settle();
  f.store.tell("s");
  f.settle();
  ASSERT_EQ(asking.size(), 1U);
  asking[0]->notify();
  f.settle();
  EXPECT_TRUE(first.granted());
  ASSERT_EQ(asking.size(), 2U);
  asking[1]->notify();
  f.settle();
  EXPECT_TRUE(second.granted());
}

TEST(WaitingQueue, CallsTheOneWhoseTurnCameFirstWhileAnotherWasRefused) {
  QueueFixture f;
  f.store.set("m", 10, 2000);
  const Request& large = f.ask("ann", 5000, {tokens("m", 5000)});
  runtime::Fiber* asking = nullptr;
  f.store.before = [&](auto) {
    asking = &runtime::Fiber::current();
    asking->park({});
  };
  f.store.tell("m");
  f.settle();
  f.store.before = nullptr;
  ASSERT_NE(asking, nullptr);
  const Request& small = f.ask("bob", 10, {tokens("m", 10)});  // four rounds before the other
  EXPECT_TRUE(small.waits());
  asking->notify();
  f.settle();
  EXPECT_TRUE(small.granted());
  EXPECT_TRUE(large.waits());
}

TEST(WaitingQueue, ForgetsARequestWhoseStoreHasNoMemory) {
  QueueFixture f;
  f.store.set("s", 0);
  bool threw = false;
  const std::vector<Claim> claims{slot("s")};
  f.loop.spawn([&] {
    try {
      f.queue.reserve("ann", 1, claims);
    } catch (const std::bad_alloc&) {
      threw = true;
    }
  });
  const Request& next = f.ask("bob", 1, {slot("s")});
  f.store.before = [&](auto) {
    if (!threw) throw std::bad_alloc();
  };
  f.store.set("s", 1);
  f.store.tell("s");
  f.settle();
  EXPECT_TRUE(threw);
  EXPECT_TRUE(next.granted());
}

TEST(WaitingQueue, NeverWaitsWhenItIsAskedForAmpleRoom) {
  QueueFixture f;
  f.store.set("m", 500, 100);
  EXPECT_TRUE(f.ask("ann", 10, {tokens("m", 10)}, 1h, Care::kIfAmple).granted());
  EXPECT_TRUE(f.ask("ann", 600, {tokens("m", 600)}, 1h, Care::kIfAmple).refused());
  const Request& waiting = f.ask("ann", 600, {tokens("m", 600)});
  EXPECT_TRUE(waiting.waits());
  const Request& more = f.ask("bob", 10, {tokens("other", 0), tokens("m", 10)}, 1h, Care::kIfAmple);
  ASSERT_TRUE(more.refused());
  EXPECT_EQ(more.refusal().why, Refusal::Why::kNotAmple);
  EXPECT_EQ(more.refusal().key, "m");
  f.store.set("s", 0);
  const Request& slots = f.ask("bob", 10, {slot("s")}, 1h, Care::kIfAmple);
  ASSERT_TRUE(slots.refused());
  EXPECT_EQ(slots.refusal().why, Refusal::Why::kNotAmple);  // to be counted, and then to wait
}

TEST(WaitingQueue, CountsWhoWaitsHowLongAndWhoIsRefused) {
  QueueFixture f({5s, 2});
  f.store.set("m", 0, 100);
  EXPECT_THAT(f.text_of_metrics(), HasSubstr("penstock_limit_queue_length 0\n"));
  f.ask("ann", 200, {tokens("m", 200)});
  f.ask("ann", 400, {tokens("m", 400)});
  f.ask("ann", 1, {tokens("m", 1)});
  EXPECT_THAT(f.text_of_metrics(), HasSubstr("penstock_limit_queue_length 2\n"));
  EXPECT_THAT(f.text_of_metrics(),
              HasSubstr("penstock_limit_queue_shed_total{reason=\"full\"} 1\n"));
  f.advance(2s);
  f.advance(3s);
  const std::string text = f.text_of_metrics();
  EXPECT_THAT(text, HasSubstr("penstock_limit_queue_length 0\n"));
  EXPECT_THAT(text, HasSubstr("penstock_limit_queue_wait_seconds_sum 2\n"));
  EXPECT_THAT(text, HasSubstr("penstock_limit_queue_wait_seconds_count 1\n"));
  EXPECT_THAT(text, HasSubstr("penstock_limit_queue_shed_total{reason=\"timeout\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("penstock_limit_queue_shed_total{reason=\"overload\"} 0\n"));
}

}  // namespace
}  // namespace penstock::limits::test
