#include <atomic>
#include <latch>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "limits/fixture.h"

namespace penstock::limits::test {
namespace {

const Limit kSmall = bucket_limit("small", 1000, 60s);
const Limit kLarge = bucket_limit("large", 1'000'000, 60s);
const Claim kSmallClaim{&kSmall, "small"};
const Claim kLargeClaim{&kLarge, "large"};

/// Runs `work(index)` on that many threads, which all start at once.
template <class Work>
void run_threads(std::size_t count, Work work) {
  std::latch start(static_cast<std::ptrdiff_t>(count));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      work(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

class ManyThreads : public testing::TestWithParam<std::size_t> {};

TEST_P(ManyThreads, NeverReserveMoreThanTheSmallRemainder) {
  Fixture f;
  f.spend({kSmallClaim}, 893);  // 107 are left: ten times 10
  std::vector<Reservation> leases(GetParam());
  std::atomic<int> granted = 0;
  run_threads(GetParam(), [&](std::size_t i) {
    auto result = f.reserve({kLargeClaim, kSmallClaim}, 10);
    if (auto* lease = std::get_if<Reservation>(&result)) {
      leases[i] = std::move(*lease);
      ++granted;
    }
  });
  EXPECT_EQ(granted, 10);
  EXPECT_EQ(f.remaining(kSmallClaim), 7U);
  EXPECT_EQ(f.remaining(kLargeClaim), 1'000'000U - 100U);
}

TEST_P(ManyThreads, AdmitOneForOneUnitLeft) {
  Fixture f;
  f.spend({kSmallClaim}, 999);
  std::atomic<int> granted = 0;
  run_threads(GetParam(), [&](std::size_t) {
    auto result = f.reserve({kSmallClaim}, 1);
    if (auto* lease = std::get_if<Reservation>(&result)) {
      lease->settle(each(1));
      ++granted;
    }
  });
  EXPECT_EQ(granted, 1);
  EXPECT_EQ(f.remaining(kSmallClaim), 0U);
}

INSTANTIATE_TEST_SUITE_P(Threads, ManyThreads, testing::Values(200, 1000));

TEST(ManyThreads, LoseAndInventNothing) {
  Fixture f;
  std::atomic<std::uint64_t> used = 0;
  run_threads(8, [&](std::size_t i) {
    std::mt19937 random(static_cast<unsigned>(i));
    for (int round = 0; round < 2000; ++round) {
      auto result = f.reserve({kSmallClaim, kLargeClaim}, 1 + random() % 100);
      auto* lease = std::get_if<Reservation>(&result);
      if (lease == nullptr || random() % 2 == 0) continue;  // else dropped: given back
      const std::uint64_t part = random() % 2;
      lease->settle(each(part));
      used += part;
    }
  });
  ASSERT_GT(used, 0U);
  EXPECT_EQ(f.remaining(kLargeClaim), 1'000'000U - used);
  EXPECT_EQ(f.remaining(kSmallClaim), used > 1000 ? 0 : 1000U - used);
}

TEST(ManyThreads, KeepTheTableWithinItsBound) {
  Fixture f(10);
  run_threads(8, [&](std::size_t i) {
    for (int round = 0; round < 500; ++round) {
      const Claim claim{&kSmall, std::to_string(i) + "/" + std::to_string(round)};
      auto result = f.reserve({claim}, 1);
      if (auto* lease = std::get_if<Reservation>(&result)) lease->settle(each(0));
      EXPECT_LE(f.store.size(), 10U);
    }
  });
}

}  // namespace
}  // namespace penstock::limits::test
