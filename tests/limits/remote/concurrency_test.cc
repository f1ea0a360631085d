#include <atomic>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "limits/remote/world.h"
#include "runtime/loop.h"

namespace penstock::limits::test {
namespace {

const Limit kTokens = bucket(1000, std::chrono::hours(1000));

/// Runs `work` in that many fibers on each of that many loops, each a thread.
template <class Work>
void run_fibers(std::size_t loops, std::size_t fibers, Work work) {
  std::latch start(static_cast<std::ptrdiff_t>(loops));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < loops; ++i) {
    threads.emplace_back([&] {
      runtime::Loop loop(system_clock());
      start.arrive_and_wait();
      for (std::size_t j = 0; j < fibers; ++j) loop.spawn([&work] { work(); });
      loop.run_until_idle();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(ManyLoops, AreGrantedExactlyTheLimit) {
  RemoteWorld world;
  std::atomic<std::uint64_t> granted = 0;
  run_fibers(4, 50, [&] {
    std::vector<Reservation> open;
    for (int round = 0; round < 10; ++round) {
      auto result = world.store().reserve(std::vector<Claim>{{&kTokens, "k", 7}});
      if (auto* const held = std::get_if<Reservation>(&result)) {
        ++granted;
        open.push_back(std::move(*held));
      }
    }
    for (Reservation& held : open) held.settle(std::vector<std::uint64_t>{7});
  });
  EXPECT_EQ(granted, 1000U / 7);
  world.catch_up();
  EXPECT_EQ(world.store().list(kTokens, "k", 1).at(0).used, 1000U / 7 * 7);
}

TEST(ManyLoops, AdmitOneForOneUnitLeft) {
  RemoteWorld world;
  auto most = world.store().reserve(std::vector<Claim>{{&kTokens, "k", 999}});
  ASSERT_TRUE(std::holds_alternative<Reservation>(most));
  std::atomic<int> granted = 0;
  std::vector<std::unique_ptr<Reservation>> kept(1000);
  std::atomic<std::size_t> next = 0;
  run_fibers(4, 250, [&] {
    auto result = world.store().reserve(std::vector<Claim>{{&kTokens, "k", 1}});
    if (auto* const held = std::get_if<Reservation>(&result)) {
      ++granted;
      kept[next++] = std::make_unique<Reservation>(std::move(*held));
    }
  });
  EXPECT_EQ(granted, 1);
}

TEST(ManyLoops, NeverRunMoreThanThereAreSlots) {
  RemoteWorld world;
  const Limit limit = slots(5);
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  run_fibers(2, 40, [&] {
    for (int round = 0; round < 10; ++round) {
      auto result = world.store().reserve(std::vector<Claim>{{&limit, "k", 1}});
      if (!std::holds_alternative<Reservation>(result)) continue;
      const int now = ++running;
      int before = most;
      while (before < now && !most.compare_exchange_weak(before, now)) {
      }
      // A round trip long it runs.
      (void)world.store().reserve(std::vector<Claim>{{&kTokens, "other", 1}});
      --running;
    }
  });
  EXPECT_EQ(most, 5);
  world.catch_up();
  EXPECT_TRUE(world.store().list(limit, "k", 1).empty()) << "nothing is held any more";
}

TEST(ManyLoops, AClientThatLeavesWhileItWaitsHoldsNothing) {
  RemoteWorld world;
  runtime::Loop loop(system_clock());
  Cancel cancel;
  world.server().freeze();
  loop.spawn([&] {
    const auto result = world.store().reserve(std::vector<Claim>{{&kTokens, "k", 100}}, Care::kTake,
                                              {MonotonicTime::max(), &cancel});
    EXPECT_TRUE(std::holds_alternative<Refusal>(result));
  });
  loop.spawn([&] { cancel.request(); });
  loop.run_until_idle();
  world.server().thaw();
  world.catch_up();
  for (const MeterView& view : world.store().list(kTokens, "k", 1)) {
    EXPECT_EQ(view.remaining, 1000U);
  }
}

TEST(ManyLoops, AFloodOverTheLimitCostsNoRoundTrips) {
  RemoteWorld world;
  auto result = world.store().reserve(std::vector<Claim>{{&kTokens, "k", 1000}});
  std::get<Reservation>(result).settle(std::vector<std::uint64_t>{1000});
  world.catch_up();
  const auto refused = [&](std::uint64_t amount) {
    return std::holds_alternative<Refusal>(
        world.store().reserve(std::vector<Claim>{{&kTokens, "k", amount}}));
  };
  EXPECT_TRUE(refused(10));
  world.server().freeze();  // whoever asks now waits in vain
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(refused(10 + static_cast<std::uint64_t>(i % 9)));
  world.server().thaw();
  world.pass(std::chrono::hours(1));  // one unit flows in
  EXPECT_FALSE(refused(1)) << "a smaller amount is asked for, and fits";
}

}  // namespace
}  // namespace penstock::limits::test
