#include <cstdint>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "money/prices.h"

namespace penstock::money {
namespace {

constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();

Usage used(std::uint64_t input, std::uint64_t output, std::uint64_t cached = 0,
           std::uint64_t reasoning = 0) {
  return {Usage::Origin::kMeasured, input, output, cached, reasoning};
}

/// $2.50, cached $1.25, out $10, thought $12 for a million tokens; twice that above 200,000.
ModelPrice price() {
  ModelPrice price;
  price.rates = {2'500'000, 1'250'000, 10'000'000, 12'000'000};
  price.long_context.push_back({200'000, {5'000'000, 2'500'000, 20'000'000, 24'000'000}});
  return price;
}

TEST(Cost, AddsWhatEachKindOfTokenCosts) {
  EXPECT_EQ(cost(used(1000, 0), price()), 2'500'000u);
  EXPECT_EQ(cost(used(0, 1000), price()), 10'000'000u);
  EXPECT_EQ(cost(used(1000, 1000, 400, 300), price()),
            600u * 2'500 + 400u * 1'250 + 700u * 10'000 + 300u * 12'000);
  EXPECT_EQ(cost(used(0, 0), price()), 0u);
}

TEST(Cost, TakesTokensThatAreNotKnownForNone) {
  Usage usage;
  EXPECT_EQ(cost(usage, price()), 0u);
  usage.input = 10;
  EXPECT_EQ(cost(usage, price()), 25'000u);
}

TEST(Cost, BelievesPartsUpToTheWhole) {
  EXPECT_EQ(cost(used(10, 10, kHuge, kHuge), price()), 10u * 1'250 + 10u * 12'000);
}

TEST(Cost, RoundsOnceAndUp) {
  ModelPrice small;
  small.rates = {1, 1, 1, 1};
  EXPECT_EQ(cost(used(1, 0), small), 1u);
  EXPECT_EQ(cost(used(500, 499), small), 1u);
  EXPECT_EQ(cost(used(500, 500), small), 1u);
  EXPECT_EQ(cost(used(500, 501), small), 2u);
  EXPECT_EQ(cost(used(250, 250, 100, 100), small), 1u);
}

TEST(Cost, TakesTheRatesOfALongContextForTheWholeRequest) {
  EXPECT_EQ(cost(used(200'000, 1), price()), 200'000u * 2'500 + 10'000);
  EXPECT_EQ(cost(used(200'001, 1), price()), 200'001u * 5'000 + 20'000);
  ModelPrice steps = price();
  steps.long_context.push_back({300'000, {1'000'000, 1'000'000, 1'000'000, 1'000'000}});
  EXPECT_EQ(cost(used(300'000, 0), steps), 300'000u * 5'000);
  EXPECT_EQ(cost(used(300'001, 0), steps), 300'001u * 1'000);
}

TEST(Cost, OfAnythingIsAMillionDollarsAtMost) {
  ModelPrice dear;
  dear.rates = {kMostPicodollars, kMostPicodollars, kMostPicodollars, kMostPicodollars};
  dear.long_context.push_back({1, dear.rates});
  EXPECT_EQ(cost(used(kHuge, kHuge), dear), kMostNanodollars);
  EXPECT_EQ(cost(used(kHuge, kHuge, kHuge, kHuge), dear), kMostNanodollars);
  EXPECT_EQ(cost(used(100'000'000, 0), dear), kMostNanodollars);
  EXPECT_EQ(cost(used(99'999'999, 0), dear), kMostNanodollars - 10'000'000);
}

TEST(Cost, IsAdditiveUpToItsRounding) {
  std::mt19937_64 random(20261122);
  const auto below = [&random](std::uint64_t end) { return random() % end; };
  for (int i = 0; i < 2000; ++i) {
    ModelPrice any;
    any.rates = {below(100'000'000), below(100'000'000), below(100'000'000), below(100'000'000)};
    const std::uint64_t in_a = below(1 << 20), in_b = below(1 << 20), out_a = below(1 << 20),
                        out_b = below(1 << 20);
    const std::uint64_t cached_a = below(in_a + 1), cached_b = below(in_b + 1);
    const Nanodollars a = cost(used(in_a, out_a, cached_a), any);
    const Nanodollars b = cost(used(in_b, out_b, cached_b), any);
    const Nanodollars both = cost(used(in_a + in_b, out_a + out_b, cached_a + cached_b), any);
    EXPECT_LE(both, a + b);
    EXPECT_GE(both + 1, a + b);
  }
}

}  // namespace
}  // namespace penstock::money
