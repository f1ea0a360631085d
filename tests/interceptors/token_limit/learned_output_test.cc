#include "interceptors/token_limit/learned_output.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace penstock::token_limit {
namespace {

using namespace std::chrono_literals;

constexpr MonotonicTime kStart{1h};

/// The smallest sample that has at least 95 % at or below it.
std::uint64_t exact_p95(std::vector<std::uint64_t> samples) {
  std::sort(samples.begin(), samples.end());
  return samples[(samples.size() * 95 + 99) / 100 - 1];
}

void expect_near_p95(std::uint64_t learned, const std::vector<std::uint64_t>& samples) {
  const std::uint64_t exact = exact_p95(samples);
  EXPECT_GE(learned, exact);
  EXPECT_LE(learned, exact + exact / 16);
}

/// Lengths of answers as they come: short ones, long ones, both, and all alike.
std::uint64_t draw(std::mt19937& random, int kind) {
  switch (kind) {
    case 0:
      return static_cast<std::uint64_t>(std::lognormal_distribution<>(5.5, 1.0)(random));
    case 1:
      return 1 + random() % 100;
    case 2:
      return random() % 2 == 0 ? 1 + random() % 20 : 20'000 + random() % 10'000;
    case 3:
      return 777;
    default:
      return std::uint64_t{1} << random() % 20;
  }
}

class AnyLengths : public testing::TestWithParam<int> {};

TEST_P(AnyLengths, GiveThe95thPercentileToOneSixteenth) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  for (int round = 0; round < 40; ++round) {
    OutputHistogram histogram;
    std::vector<std::uint64_t> samples;
    const std::size_t count = 20 + random() % 900;  // fewer than are halved
    for (std::size_t i = 0; i < count; ++i) {
      samples.push_back(draw(random, GetParam()));
      histogram.add(samples.back(), kStart);
    }
    const auto learned = histogram.p95();
    ASSERT_TRUE(learned);
    expect_near_p95(*learned, samples);
  }
}

TEST_P(AnyLengths, StayNearThe95thPercentileOfTheLastOnes) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  OutputHistogram histogram;
  std::deque<std::uint64_t> last;
  for (int i = 0; i < 20'000; ++i) {
    last.push_back(draw(random, GetParam()));
    histogram.add(last.back(), kStart);
    if (last.size() > 2000) last.pop_front();
    if (i < 2000 || i % 997 != 0) continue;
    // Older ones weigh less, so the rank is not exactly that; the values at 93 % and 97 % frame it.
    std::vector<std::uint64_t> sorted(last.begin(), last.end());
    std::sort(sorted.begin(), sorted.end());
    EXPECT_GE(*histogram.p95(), sorted[sorted.size() * 93 / 100]);
    EXPECT_LE(*histogram.p95(), sorted[sorted.size() * 97 / 100] * 17 / 16);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, AnyLengths, testing::Range(0, 5));

TEST(OutputHistogram, IsExactForEverySmallNumber) {
  for (std::uint64_t tokens = 0; tokens < 32; ++tokens) {
    OutputHistogram histogram;
    for (int i = 0; i < 20; ++i) histogram.add(tokens, kStart);
    EXPECT_EQ(histogram.p95(), tokens);
  }
}

TEST(OutputHistogram, KnowsEveryNumberToOneSixteenth) {
  for (std::uint64_t tokens = 1; tokens <= OutputHistogram::kMost; tokens += 1 + tokens / 100) {
    OutputHistogram histogram;
    for (int i = 0; i < 20; ++i) histogram.add(tokens, kStart);
    ASSERT_GE(histogram.p95(), tokens);
    ASSERT_LE(histogram.p95(), tokens + tokens / 16);
  }
}

TEST(OutputHistogram, TakesNumbersThatNoModelWrites) {
  OutputHistogram histogram;
  for (int i = 0; i < 20; ++i) histogram.add(~std::uint64_t{0}, kStart);
  EXPECT_EQ(histogram.p95(), OutputHistogram::kMost);
}

TEST(OutputHistogram, SaysNothingOfTooFewSamples) {
  OutputHistogram histogram;
  EXPECT_FALSE(histogram.p95());
  for (int i = 0; i < 19; ++i) histogram.add(100, kStart);
  EXPECT_FALSE(histogram.p95());
  histogram.add(100, kStart);
  EXPECT_TRUE(histogram.p95());
}

TEST(OutputHistogram, FollowsAChangeWithinAFewThousandSamples) {
  OutputHistogram histogram;
  for (int i = 0; i < 10'000; ++i) histogram.add(8000, kStart);
  for (int i = 0; i < 5000; ++i) histogram.add(100, kStart);
  EXPECT_LE(histogram.p95(), 106U);
}

TEST(OutputHistogram, ForgetsHalfWithEveryHour) {
  OutputHistogram histogram;
  for (int i = 0; i < 100; ++i) histogram.add(8000, kStart);
  for (int i = 0; i < 50; ++i) histogram.add(100, kStart + 4h);  // the old ones weigh 6 of 56
  EXPECT_GE(histogram.p95(), 8000U);
  for (int i = 0; i < 50; ++i) histogram.add(100, kStart + 5h);  // 3 of 78
  EXPECT_LE(histogram.p95(), 106U);
}

TEST(OutputHistogram, ForgetsEverythingAfterALongPause) {
  OutputHistogram histogram;
  for (int i = 0; i < 900; ++i) histogram.add(8000, kStart);
  histogram.add(100, kStart + 24h * 365);
  EXPECT_FALSE(histogram.p95());
  for (int i = 0; i < 19; ++i) histogram.add(100, kStart + 24h * 365);
  EXPECT_EQ(histogram.p95(), 103U);  // that is 100 to one sixteenth
}

void learn(LearnedOutput& learned, const std::string& who, const std::string& model,
           std::uint64_t tokens, int times) {
  for (int i = 0; i < times; ++i) learned.learn(who, model, tokens, kStart);
}

TEST(LearnedOutput, Expects512WhereNothingIsKnown) {
  const LearnedOutput learned;
  EXPECT_EQ(learned.p95("ann", "gpt"), 512U);
}

TEST(LearnedOutput, PrefersTheKeysOwnAnswersToThoseOfTheModel) {
  LearnedOutput learned;
  learn(learned, "ann", "gpt", 20, 20);
  learn(learned, "bob", "gpt", 30, 200);
  EXPECT_EQ(learned.p95("ann", "gpt"), 20U);
  EXPECT_EQ(learned.p95("bob", "gpt"), 30U);
  EXPECT_EQ(learned.p95("a third", "gpt"), 30U);
  EXPECT_EQ(learned.p95("ann", "another model"), 512U);
}

TEST(LearnedOutput, TakesTheModelsWhileAKeyHasTooFew) {
  LearnedOutput learned;
  learn(learned, "bob", "gpt", 30, 400);
  learn(learned, "ann", "gpt", 20, 19);
  EXPECT_EQ(learned.p95("ann", "gpt"), 30U);
  learn(learned, "ann", "gpt", 20, 1);
  EXPECT_EQ(learned.p95("ann", "gpt"), 20U);
}

TEST(LearnedOutput, LearnsOnceWhereNobodyIsNamed) {
  LearnedOutput learned;
  learn(learned, "", "gpt", 20, 19);
  EXPECT_EQ(learned.p95("", "gpt"), 512U);
  learn(learned, "", "gpt", 20, 1);
  EXPECT_EQ(learned.p95("", "gpt"), 20U);
  EXPECT_EQ(learned.size(), 1U);
}

TEST(LearnedOutput, KeepsNamesApartThatReadTheSameWhenJoined) {
  LearnedOutput learned;
  learn(learned, "ab", "c", 20, 20);
  EXPECT_EQ(learned.p95("a", "bc"), 512U);
}

TEST(LearnedOutput, KeepsBusyPairsWhenNamesFloodIt) {
  LearnedOutput learned;
  learn(learned, "ann", "gpt", 20, 50);
  for (int i = 0; i < 100'000; ++i) {
    learned.learn("invented " + std::to_string(i), "gpt", 30, kStart);
    if (i % 1000 == 0) learned.learn("ann", "gpt", 20, kStart);
  }
  EXPECT_EQ(learned.p95("ann", "gpt"), 20U);
  EXPECT_EQ(learned.p95("invented 99999", "gpt"), 30U);  // by the model
  EXPECT_LE(learned.size(), LearnedOutput::kMostPairs);
  EXPECT_GT(learned.size(), LearnedOutput::kMostPairs / 2);
  for (int i = 0; i < 20'000; ++i) {
    learned.learn("ann", "invented " + std::to_string(i), 30, kStart);
  }
  EXPECT_LE(learned.size(), LearnedOutput::kMostPairs);
}

TEST(LearnedOutput, KeepsLittleOfALongName) {
  LearnedOutput learned;
  const std::string name(1'000'000, 'x');
  learn(learned, name, name, 20, 20);
  EXPECT_EQ(learned.p95(name, name), 20U);
  EXPECT_EQ(learned.p95(name.substr(0, LearnedOutput::kMostNameBytes), name), 20U);
}

TEST(LearnedOutput, LearnsFromManyThreads) {
  LearnedOutput learned;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&learned, t] {
      const std::string who = "key " + std::to_string(t);
      for (int i = 0; i < 5000; ++i) {
        learned.learn(who, "gpt", static_cast<std::uint64_t>(10 + t), kStart);
        learned.learn("other " + std::to_string(i % 500), "gpt", 5, kStart);
        ASSERT_LE(learned.p95(who, "gpt"), 512U);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int t = 0; t < 4; ++t) {
    EXPECT_EQ(learned.p95("key " + std::to_string(t), "gpt"), static_cast<std::uint64_t>(10 + t));
  }
}

}  // namespace
}  // namespace penstock::token_limit
