#include <algorithm>
#include <atomic>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "limits/queue_fixture.h"
#include "runtime/sleep.h"

namespace penstock::limits::test {
namespace {

/// A slot of a limit that the store calls a bucket, and says will have room in an hour.
Claim place(std::string key) {
  return tokens(std::move(key), 1);
}

/// Runs `work` in fibers of several event loops, each with a thread of its own; returns when all
/// have ended.
void run_loops(int loops, int fibers, const std::function<void(int loop, int fiber)>& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < loops; ++i) {
    threads.emplace_back([i, fibers, &work] {
      runtime::Loop loop(system_clock());
      for (int n = 0; n < fibers; ++n) loop.spawn([&work, i, n] { work(i, n); });
      loop.run_until_idle();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

/// Lets the other fibers of the loop, and what other threads have posted, go first.
void yield() {
  runtime::Fiber& self = runtime::Fiber::current();
  self.loop().post([&self] { self.notify(); });
  self.park({});
}

struct ThreadFixture {
  explicit ThreadFixture(QueueOptions options) : queue(options, store, system_clock(), metrics) {
    // So nobody polls: a release that nobody hears of is a request that never ends.
    store.unknown_wait = 1h;
  }
  Metrics metrics;
  ScriptedStore store{system_clock()};
  WaitingQueue queue;
};

/// How many have something at the same time, and the most that ever did.
struct Level {
  void enter() {
    const int now = ++level;
    int seen = most;
    while (seen < now && !most.compare_exchange_weak(seen, now)) {
    }
  }
  void leave() { --level; }
  std::atomic<int> level = 0;
  std::atomic<int> most = 0;
};

TEST(ManyLoops, ShareSlotsWithoutLosingAnyOrWaitingForEver) {
  ThreadFixture f({2h, 1000});
  f.store.set("s", 3);
  Level level;
  std::atomic<int> granted = 0;
  run_loops(4, 25, [&](int loop, int fiber) {
    const std::string who = "key " + std::to_string((loop + fiber) % 5);
    for (int round = 0; round < 50; ++round) {
      auto result = f.queue.reserve(who, 100, std::vector<Claim>{place("s")});
      ASSERT_TRUE(std::holds_alternative<Reservation>(result));
      level.enter();
      yield();
      level.leave();
      ++granted;
    }
  });
  EXPECT_EQ(granted, 4 * 25 * 50);
  EXPECT_EQ(level.most, 3);
  EXPECT_EQ(f.store.available("s"), 3);
  EXPECT_EQ(f.queue.size(), 0U);
}

TEST(ManyLoops, TakeOutClientsThatLeaveAtAnyMoment) {
  ThreadFixture f({2h, 1000});
  f.store.set("s", 2);
  f.store.set("t", 2);
  f.store.before = [](auto) { yield(); };  // as a store on another machine
  f.store.after = [](auto, bool) { yield(); };
  std::atomic<int> granted = 0;
  std::atomic<int> left = 0;
  run_loops(3, 20, [&](int loop, int fiber) {
    std::mt19937 random(static_cast<unsigned>(loop * 100 + fiber));
    const std::string who = "key " + std::to_string(random() % 5);
    for (int round = 0; round < 40; ++round) {
      std::vector<Claim> claims{place("s")};
      if (random() % 2 == 0) claims.push_back(place("t"));
      Cancel cancel;
      bool over = false;
      runtime::Fiber& self = runtime::Fiber::current();
      bool killer_ended = false;
      self.loop().spawn([&, patience = random() % 12] {
        for (unsigned i = 0; i < patience && !over; ++i) yield();
        cancel.request();
        killer_ended = true;
        self.notify();
      });
      {
        auto result = f.queue.reserve(who, 1 + random() % 2000, claims, Care::kTake,
                                      {MonotonicTime::max(), &cancel});
        if (std::holds_alternative<Reservation>(result)) {
          ++granted;
          yield();
        } else {
          EXPECT_TRUE(cancel.requested());
          ++left;
        }
      }
      over = true;
      while (!killer_ended) self.park({});
    }
  });
  EXPECT_GT(granted, 0);
  EXPECT_GT(left, 0);
  EXPECT_EQ(granted + left, 3 * 20 * 40);
  EXPECT_EQ(f.store.available("s"), 2);
  EXPECT_EQ(f.store.available("t"), 2);
  EXPECT_EQ(f.queue.size(), 0U);
}

TEST(ManyLoops, KeepWithinTheBoundOfTheQueue) {
  ThreadFixture f({2h, 10});
  f.store.set("s", 1);
  std::atomic<int> refused = 0;
  std::atomic<int> granted = 0;
  run_loops(3, 20, [&](int loop, int fiber) {
    const std::string who = "key " + std::to_string(loop * 100 + fiber % 4);
    for (int round = 0; round < 50; ++round) {
      auto result = f.queue.reserve(who, 100, std::vector<Claim>{place("s")});
      EXPECT_LE(f.queue.size(), 10U);
      ++(std::holds_alternative<Reservation>(result) ? granted : refused);
      yield();
    }
  });
  EXPECT_GT(refused, 0);
  EXPECT_EQ(granted + refused, 3 * 20 * 50);
  EXPECT_EQ(f.store.available("s"), 1);
  EXPECT_EQ(f.queue.size(), 0U);
}

TEST(ManyLoops, WaitForRefillsOnTheMachinesClock) {
  ThreadFixture f({30s, 1000});
  f.store.set("m", 0, 100'000);
  std::atomic<int> granted = 0;
  run_loops(3, 10, [&](int loop, int) {
    const std::vector<Claim> claims{tokens("m", 500)};
    auto result = f.queue.reserve("key " + std::to_string(loop), 500, claims);
    if (auto* reservation = std::get_if<Reservation>(&result)) {
      const std::uint64_t used = 500;
      reservation->settle({&used, 1});
      ++granted;
    }
  });
  EXPECT_EQ(granted, 30);
}

}  // namespace
}  // namespace penstock::limits::test
