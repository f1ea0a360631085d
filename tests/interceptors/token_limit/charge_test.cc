#include "interceptors/token_limit/charge.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "interceptors/token_limit/fixture.h"

namespace penstock::token_limit::test {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

struct Billing {
  const char* what;
  Ending ending;
  Usage usage;
  std::uint64_t input;
  std::uint64_t output;
};

class Charging : public testing::TestWithParam<Billing> {};

// Each of them was counted as 100 tokens of input and set aside 50 of output.
const Expected kExpected{{100, 100, 110, true}, 50};

TEST_P(Charging, IsWhatTheTableSays) {
  const Outcome outcome = ended(GetParam().ending, GetParam().usage);
  const Spend charge = charge_for(outcome, kExpected);
  EXPECT_EQ(charge.requests, 1U);
  EXPECT_EQ(charge.input, GetParam().input);
  EXPECT_EQ(charge.output, GetParam().output);
}

constexpr auto kMeasured = Usage::Origin::kMeasured;
constexpr auto kCounted = Usage::Origin::kCounted;
constexpr auto kUnknown = Usage::Origin::kUnknown;

INSTANTIATE_TEST_SUITE_P(
    Table, Charging,
    testing::Values(
        Billing{"Measured", Ending::kComplete, {kMeasured, 7, 5}, 7, 5},
        Billing{"MeasuredBeforeTheClientLeft", Ending::kClientGone, {kMeasured, 7, 5}, 7, 5},
        Billing{"MeasuredEmbedding", Ending::kComplete, {kMeasured, 7, {}}, 7, 0},
        Billing{"MeasuredOutputAlone", Ending::kComplete, {kMeasured, {}, 5}, 100, 5},
        Billing{"MeasuredOverrun", Ending::kComplete, {kMeasured, 900, 900}, 900, 900},
        Billing{"MeasuredAbsurdly", Ending::kComplete, {kMeasured, kMost, kMost}, kMost, kMost},
        Billing{"CountedToTheEnd", Ending::kComplete, {kCounted, {}, 20}, 100, 20},
        Billing{"CountedOverTheCap", Ending::kComplete, {kCounted, {}, 80}, 100, 80},
        Billing{"CountedUntilTheClientLeft", Ending::kClientGone, {kCounted, {}, 20}, 100, 20},
        Billing{"CountedUntilTheCut", Ending::kUpstreamFailed, {kCounted, 90, 20}, 90, 20},
        Billing{"UnknownToTheEnd", Ending::kComplete, {kUnknown, {}, {}}, 110, 50},
        Billing{"UnknownWhenTheClientLeft", Ending::kClientGone, {kUnknown, {}, {}}, 100, 0},
        Billing{"UnknownWhenCut", Ending::kUpstreamFailed, {kUnknown, {}, {}}, 100, 0},
        Billing{"UnknownWhenDropped", Ending::kAbandoned, {kUnknown, {}, {}}, 100, 0}),
    [](const auto& test) { return test.param.what; });

TEST(Charge, IsNeverZeroWithoutNumbersOfTheProvider) {
  const Expected nothing{{0, 0, 0, true}, 50};
  EXPECT_EQ(charge_for(ended(Ending::kClientGone), nothing).input, 1U);
  EXPECT_EQ(charge_for(ended(Ending::kClientGone, {kCounted, {}, 0}), nothing).input, 1U);
  EXPECT_EQ(charge_for_input(nothing).input, 1U);
}

TEST(Charge, TakesCachedInputOfTheProvider) {
  Usage usage{kMeasured, 100, 5};
  usage.cached = 80;
  EXPECT_EQ(charge_for(ended(Ending::kComplete, usage), kExpected).cached, 80U);
}

TEST(AmountOf, IsWhatTheLimitCounts) {
  const Spend spend{1, 100, 80, 10, 0};
  const auto amount = [&spend](limits::Unit unit, Weights weights = {}) {
    Rule rule;
    rule.limit.unit = unit;
    rule.weights = weights;
    return amount_of(rule, spend, nullptr);
  };
  EXPECT_EQ(amount(limits::Unit::kRequests), 1U);
  EXPECT_EQ(amount(limits::Unit::kConcurrent), 1U);
  EXPECT_EQ(amount(limits::Unit::kInputTokens), 100U);
  EXPECT_EQ(amount(limits::Unit::kOutputTokens), 10U);
  EXPECT_EQ(amount(limits::Unit::kTokens), 110U);
  EXPECT_EQ(amount(limits::Unit::kTokens, {2, 1, 5}), 20U * 2 + 80U + 10U * 5);
  EXPECT_EQ(amount(limits::Unit::kTokens, {1, 0, 0}), 20U);
}

TEST(AmountOf, IsMoneyByThePriceOfTheModel) {
  Rule rule;
  rule.limit.unit = limits::Unit::kNanodollars;
  money::ModelPrice price;
  price.rates = {2'500'000, 1'250'000, 10'000'000, 20'000'000};  // picodollars
  EXPECT_EQ(amount_of(rule, {1, 100, 80, 10, 4}, &price), 50'000U + 100'000U + 60'000U + 80'000U);
  EXPECT_EQ(amount_of(rule, {1, 100, 80, 10, 4}, nullptr), 0U);
}

TEST(AmountOf, SaturatesInsteadOfWrappingAround) {
  Rule rule;
  rule.weights = {1000, 1000, 1000};
  EXPECT_EQ(amount_of(rule, {1, kMost, 0, kMost, 0}, nullptr), kMost);
}

}  // namespace
}  // namespace penstock::token_limit::test
