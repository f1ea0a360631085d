#include "runtime/fiber.h"

#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "runtime/loop.h"
#include "runtime/sleep.h"
#include "support/fiber_test.h"
#include "support/manual_clock.h"

namespace penstock::runtime {
namespace {

using namespace std::chrono_literals;
using test::ManualClock;

TEST(Fiber, RunsUntilItWaitsAndGoesOnWhenNotified) {
  Loop loop(system_clock());
  std::vector<std::string> order;
  Fiber* waiting = nullptr;
  loop.spawn([&] {
    waiting = &Fiber::current();
    order.push_back("first waits");
    EXPECT_EQ(Fiber::current().park({}), Wake::kNotified);
    order.push_back("first goes on");
  });
  order.push_back("outside");
  loop.spawn([&] {
    waiting->notify();
    order.push_back("second notified");
  });
  loop.run_until_idle();
  EXPECT_EQ(order, (std::vector<std::string>{"first waits", "outside", "second notified",
                                             "first goes on"}));
}

FIBER_TEST(Fiber, TakesANotificationThatCameBeforeTheWait) {
  Fiber::current().notify();
  EXPECT_EQ(Fiber::current().park({}), Wake::kNotified);
}

TEST(Fiber, WakesAtItsDeadlineInTheOrderOfTime) {
  ManualClock clock;
  Loop loop(clock);
  std::vector<int> woken;
  for (const int seconds : {30, 10, 20}) {
    loop.spawn([&woken, &clock, seconds] {
      const Deadline deadline{clock.now() + std::chrono::seconds(seconds), nullptr};
      EXPECT_EQ(Fiber::current().park(deadline), Wake::kDeadline);
      woken.push_back(seconds);
    });
  }
  loop.fire_timers();
  EXPECT_TRUE(woken.empty());
  clock.advance(20s);
  loop.fire_timers();
  EXPECT_EQ(woken, (std::vector<int>{10, 20}));
  clock.advance(10s);
  loop.fire_timers();
  EXPECT_EQ(woken, (std::vector<int>{10, 20, 30}));
  EXPECT_EQ(loop.fibers(), 0u);
}

TEST(Fiber, LeavesItsWaitWhenCancelledAndNeverWaitsAgainWithThatToken) {
  Loop loop(system_clock());
  Cancel cancel;
  bool ended = false;
  loop.spawn([&] {
    EXPECT_EQ(Fiber::current().park({MonotonicTime::max(), &cancel}), Wake::kCancelled);
    EXPECT_EQ(Fiber::current().park({MonotonicTime::max(), &cancel}), Wake::kCancelled);
    ended = true;
  });
  EXPECT_FALSE(ended);
  cancel.request();
  EXPECT_TRUE(ended);
}

TEST(Fiber, IsReusedWithItsStackAfterItEnded) {
  Loop loop(system_clock());
  int runs = 0;
  for (int i = 0; i < 10'000; ++i) loop.spawn([&runs] { ++runs; });
  EXPECT_EQ(runs, 10'000);
  EXPECT_EQ(loop.fibers(), 0u);
}

TEST(Fiber, CatchesExceptionsOnItsOwnStack) {
  Loop loop(system_clock());
  std::string caught;
  loop.spawn([&] {
    try {
      throw std::runtime_error("inside");
    } catch (const std::exception& error) {
      caught = error.what();
    }
  });
  EXPECT_EQ(caught, "inside");
}

TEST(Fiber, UsesTensOfKilobytesOfStack) {
  Loop loop(system_clock());
  std::size_t sum = 0;
  loop.spawn([&] {
    std::array<unsigned char, 40'000> room;
    for (std::size_t i = 0; i < room.size(); ++i) room[i] = static_cast<unsigned char>(i);
    for (const unsigned char byte : room) sum += byte;
  });
  EXPECT_GT(sum, 0u);
}

/// Kept out of line, so that its frame lies below its caller's.
[[gnu::noinline]] std::size_t use_stack(unsigned char first) {
  std::array<unsigned char, 40'000> room;
  for (std::size_t i = 0; i < room.size(); ++i) room[i] = static_cast<unsigned char>(first + i);
  std::size_t sum = 0;
  for (const unsigned char byte : room) sum += byte;
  return sum;
}

TEST(Fiber, GoesOnAfterItsUnusedStackWasTrimmed) {
  Loop loop(system_clock());
  bool same = false;
  loop.spawn([&] {
    const std::string kept(100, 'x');
    const std::size_t before = use_stack(1);
    Fiber::current().trim_stack();
    same = use_stack(1) == before && kept == std::string(100, 'x');
  });
  EXPECT_TRUE(same);
}

TEST(Loop, RunsWhatOtherThreadsPost) {
  Loop loop(system_clock());
  int posted = 0;
  loop.spawn([&] {
    Fiber& self = Fiber::current();
    std::thread other([&] {
      for (int i = 0; i < 100; ++i) {
        loop.post([&] {
          if (++posted == 100) self.notify();
        });
      }
    });
    EXPECT_EQ(self.park({}), Wake::kNotified);
    other.join();
  });
  loop.run_until_idle();
  EXPECT_EQ(posted, 100);
}

TEST(Sleep, EndsAtItsTimeAndReportsACancellation) {
  ManualClock clock;
  Loop loop(clock);
  Cancel cancel;
  std::vector<std::string> events;
  loop.spawn([&] {
    EXPECT_TRUE(sleep_for(5s, {}));
    events.push_back("slept");
    const auto second = sleep_for(5s, {MonotonicTime::max(), &cancel});
    EXPECT_EQ(second.error().kind, ErrorKind::kCancelled);
    events.push_back("cancelled");
  });
  clock.advance(5s);
  loop.fire_timers();
  EXPECT_EQ(events, (std::vector<std::string>{"slept"}));
  cancel.request();
  EXPECT_EQ(events, (std::vector<std::string>{"slept", "cancelled"}));
}

}  // namespace
}  // namespace penstock::runtime
