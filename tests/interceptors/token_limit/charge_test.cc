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
  const char* basis;
};

class Charging : public testing::TestWithParam<Billing> {};

// Each of them was counted as 100 tokens of input and set aside 50 of output.
const Expected kExpected{{100, 110, true}, 50};

TEST_P(Charging, IsWhatTheTableSays) {
  const Outcome outcome = ended(GetParam().ending, GetParam().usage);
  const Charge charge = charge_for(outcome, kExpected);
  EXPECT_EQ(charge.spend.requests, 1U);
  EXPECT_EQ(charge.spend.input, GetParam().input);
  EXPECT_EQ(charge.spend.output, GetParam().output);
  EXPECT_STREQ(to_string(charge.basis), GetParam().basis);
}

constexpr auto kMeasured = Usage::Origin::kMeasured;
constexpr auto kCounted = Usage::Origin::kCounted;
constexpr auto kUnknown = Usage::Origin::kUnknown;

INSTANTIATE_TEST_SUITE_P(
    Table, Charging,
    testing::Values(
        Billing{"Measured", Ending::kComplete, {kMeasured, 7, 5}, 7, 5, "measured"},
        Billing{"MeasuredBeforeTheClientLeft",
                Ending::kClientGone,
                {kMeasured, 7, 5},
                7,
                5,
                "measured"},
        Billing{"MeasuredEmbedding", Ending::kComplete, {kMeasured, 7, {}}, 7, 0, "measured"},
        Billing{"MeasuredOutputAlone", Ending::kComplete, {kMeasured, {}, 5}, 100, 5, "measured"},
        Billing{"MeasuredOverrun", Ending::kComplete, {kMeasured, 900, 900}, 900, 900, "measured"},
        Billing{"MeasuredAbsurdly",
                Ending::kComplete,
                {kMeasured, kMost, kMost},
                kMost,
                kMost,
                "measured"},
        Billing{"CountedToTheEnd", Ending::kComplete, {kCounted, {}, 20}, 100, 20, "counted"},
        Billing{"CountedOverTheCap", Ending::kComplete, {kCounted, {}, 80}, 100, 80, "counted"},
        Billing{"CountedUntilTheClientLeft",
                Ending::kClientGone,
                {kCounted, {}, 20},
                100,
                20,
                "counted"},
        Billing{
            "CountedUntilTheCut", Ending::kUpstreamFailed, {kCounted, 90, 20}, 90, 20, "counted"},
        Billing{"UnknownToTheEnd", Ending::kComplete, {kUnknown, {}, {}}, 110, 50, "estimated"},
        Billing{
            "UnknownWhenTheClientLeft", Ending::kClientGone, {kUnknown, {}, {}}, 100, 0, "counted"},
        Billing{"UnknownWhenCut", Ending::kUpstreamFailed, {kUnknown, {}, {}}, 100, 0, "counted"},
        Billing{"UnknownWhenDropped", Ending::kAbandoned, {kUnknown, {}, {}}, 100, 0, "counted"}),
    [](const auto& test) { return test.param.what; });

TEST(Charge, IsNeverZeroWithoutNumbersOfTheProvider) {
  const Expected nothing{{0, 0, true}, 50};
  EXPECT_EQ(charge_for(ended(Ending::kClientGone), nothing).spend.input, 1U);
  EXPECT_EQ(charge_for(ended(Ending::kClientGone, {kCounted, {}, 0}), nothing).spend.input, 1U);
  EXPECT_EQ(charge_for_input(nothing).spend.input, 1U);
}

TEST(Charge, IsAnEstimateWhereTheInputWasOnlyBounded) {
  const Expected bounded{{100, 400, false}, 50};
  EXPECT_STREQ(to_string(charge_for_input(bounded).basis), "estimated");
  EXPECT_STREQ(to_string(charge_for(ended(Ending::kClientGone, {kCounted, {}, 3}), bounded).basis),
               "estimated");
}

TEST(Charge, TakesCachedInputOfTheProvider) {
  Usage usage{kMeasured, 100, 5};
  usage.cached = 80;
  EXPECT_EQ(charge_for(ended(Ending::kComplete, usage), kExpected).spend.cached, 80U);
}

TEST(AmountOf, IsWhatTheLimitCounts) {
  const Spend spend{1, 100, 80, 10};
  const auto amount = [&spend](limits::Unit unit, Weights weights = {}) {
    Rule rule;
    rule.limit.unit = unit;
    rule.weights = weights;
    return amount_of(rule, spend);
  };
  EXPECT_EQ(amount(limits::Unit::kRequests), 1U);
  EXPECT_EQ(amount(limits::Unit::kConcurrent), 1U);
  EXPECT_EQ(amount(limits::Unit::kInputTokens), 100U);
  EXPECT_EQ(amount(limits::Unit::kOutputTokens), 10U);
  EXPECT_EQ(amount(limits::Unit::kTokens), 110U);
  EXPECT_EQ(amount(limits::Unit::kTokens, {2, 1, 5}), 20U * 2 + 80U + 10U * 5);
  EXPECT_EQ(amount(limits::Unit::kTokens, {1, 0, 0}), 20U);
}

TEST(AmountOf, SaturatesInsteadOfWrappingAround) {
  Rule rule;
  rule.weights = {1000, 1000, 1000};
  EXPECT_EQ(amount_of(rule, {1, kMost, 0, kMost}), kMost);
}

}  // namespace
}  // namespace penstock::token_limit::test
