#include "interceptors/token_limit/estimate.h"

#include <limits>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "interceptors/token_limit/fixture.h"

namespace penstock::token_limit::test {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

Estimate estimate_of(Route route, const std::string& body, const RequestFacts& facts = {}) {
  const TestExchange x(route, body);
  return estimate(x, facts, 512);
}

RequestFacts facts_of(std::uint32_t choices, std::optional<std::uint64_t> output_cap) {
  RequestFacts facts;
  facts.choices = choices;
  facts.output_cap = output_cap;
  return facts;
}

TEST(Estimate, TakesFourBytesForATokenRoundedUp) {
  EXPECT_EQ(estimate_of(Route::kEmbeddings, "").input, 0U);
  EXPECT_EQ(estimate_of(Route::kEmbeddings, "x").input, 1U);
  EXPECT_EQ(estimate_of(Route::kEmbeddings, "xxxx").input, 1U);
  EXPECT_EQ(estimate_of(Route::kEmbeddings, "xxxxx").input, 2U);
}

TEST(Estimate, TakesTheDeclaredOutputForEachChoice) {
  EXPECT_EQ(estimate_of(Route::kChatCompletions, "{}", facts_of(1, 10)).output, 10U);
  EXPECT_EQ(estimate_of(Route::kChatCompletions, "{}", facts_of(3, 10)).output, 30U);
  EXPECT_EQ(estimate_of(Route::kChatCompletions, "{}", facts_of(3, std::nullopt)).output, 3 * 512U);
}

TEST(Estimate, ExpectsNoOutputOfEmbeddings) {
  EXPECT_EQ(estimate_of(Route::kEmbeddings, "{}", facts_of(1, 10)).output, 0U);
}

TEST(Estimate, SaturatesInsteadOfWrappingAround) {
  const RequestFacts facts = facts_of(2, kMost / 2 + 1);
  EXPECT_EQ(estimate_of(Route::kCompletions, "{}", facts).output, kMost);
  EXPECT_EQ(estimate_of(Route::kCompletions, "{}", facts).total(), kMost);
}

struct Billing {
  const char* what;
  Ending ending;
  Usage usage;
  std::uint64_t expected;
};

class Charge : public testing::TestWithParam<Billing> {};

// Each of them reserved 100 tokens of input and 50 of output.
TEST_P(Charge, IsWhatTheTableSays) {
  const Outcome outcome = ended(GetParam().ending, GetParam().usage);
  EXPECT_EQ(charge(outcome, {100, 50}), GetParam().expected);
}

constexpr auto kMeasured = Usage::Origin::kMeasured;
constexpr auto kCounted = Usage::Origin::kCounted;
constexpr auto kUnknown = Usage::Origin::kUnknown;

INSTANTIATE_TEST_SUITE_P(
    Table, Charge,
    testing::Values(
        Billing{"Measured", Ending::kComplete, {kMeasured, 7, 5}, 12},
        Billing{"MeasuredBeforeTheClientLeft", Ending::kClientGone, {kMeasured, 7, 5}, 12},
        Billing{"MeasuredEmbedding", Ending::kComplete, {kMeasured, 7, {}}, 7},
        Billing{"MeasuredOutputAlone", Ending::kComplete, {kMeasured, {}, 5}, 105},
        Billing{"MeasuredOverrun", Ending::kComplete, {kMeasured, 900, 900}, 1800},
        Billing{"MeasuredAbsurdly", Ending::kComplete, {kMeasured, kMost, kMost}, kMost},
        Billing{"EstimatedToTheEnd", Ending::kComplete, {kCounted, {}, 20}, 120},
        Billing{"EstimatedOverTheCap", Ending::kComplete, {kCounted, {}, 80}, 180},
        Billing{"EstimatedUntilTheClientLeft", Ending::kClientGone, {kCounted, {}, 20}, 120},
        Billing{"EstimatedUntilTheCut", Ending::kUpstreamFailed, {kCounted, 90, 20}, 110},
        Billing{"UnknownToTheEnd", Ending::kComplete, {kUnknown, {}, {}}, 150},
        Billing{"UnknownWhenTheClientLeft", Ending::kClientGone, {kUnknown, {}, {}}, 100},
        Billing{"UnknownWhenCut", Ending::kUpstreamFailed, {kUnknown, {}, {}}, 100},
        Billing{"UnknownWhenDropped", Ending::kAbandoned, {kUnknown, {}, {}}, 100}),
    [](const auto& test) { return test.param.what; });

TEST(Charge, IsNeverZeroWithoutNumbersOfTheProvider) {
  EXPECT_EQ(charge(ended(Ending::kClientGone), {0, 50}), 1U);
  EXPECT_EQ(charge(ended(Ending::kClientGone, {kCounted, {}, 0}), {0, 50}), 1U);
}

struct Case {
  Route route;
  const char* method;
  const char* path;
  bool consumes;
};

class ConsumesTokens : public testing::TestWithParam<Case> {};

TEST_P(ConsumesTokens, IsTrueForTheCreationOfAnswersAlone) {
  Request request;
  request.route = GetParam().route;
  request.method = GetParam().method;
  request.path = GetParam().path;
  EXPECT_EQ(consumes_tokens(request), GetParam().consumes) << request.path;
}

INSTANTIATE_TEST_SUITE_P(
    Table, ConsumesTokens,
    testing::Values(Case{Route::kChatCompletions, "POST", "/chat/completions", true},
                    Case{Route::kChatCompletions, "POST", "/chat/completions/", true},
                    Case{Route::kChatCompletions, "GET", "/chat/completions", false},
                    Case{Route::kChatCompletions, "POST", "/chat/completions/chatcmpl-1", false},
                    Case{Route::kCompletions, "POST", "/completions", true},
                    Case{Route::kEmbeddings, "POST", "/embeddings", true},
                    Case{Route::kResponses, "POST", "/responses", true},
                    Case{Route::kResponses, "POST", "/responses/compact", true},
                    Case{Route::kResponses, "POST", "/responses/resp_1/cancel", false},
                    Case{Route::kResponses, "POST", "/responses/input_tokens", false},
                    Case{Route::kResponses, "GET", "/responses/resp_1", false},
                    Case{Route::kResponses, "DELETE", "/responses/resp_1", false},
                    Case{Route::kModerations, "POST", "/moderations", false},
                    Case{Route::kImages, "POST", "/images/generations", false},
                    Case{Route::kAudio, "POST", "/audio/speech", false},
                    Case{Route::kFiles, "POST", "/files", false},
                    Case{Route::kBatches, "POST", "/batches", false},
                    Case{Route::kModels, "GET", "/models", false}));

}  // namespace
}  // namespace penstock::token_limit::test
