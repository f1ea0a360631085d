#include "interceptors/token_limit/options.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/token_limit/fixture.h"

namespace penstock::token_limit::test {
namespace {

const Dimension kKey{Dimension::Kind::kKey};
const Dimension kModel{Dimension::Kind::kModel};

using testing::ElementsAre;
using testing::HasSubstr;

TEST(TokenLimitOptions, ReadsEachScope) {
  const ParsedOptions parsed(
      "limits: [{per: key, tokens: 100k, every: 1m}, {per: [model], tokens: 5M, every: 90s},"
      " {per: global, tokens: 1500, every: 1d}, {per: [model, key], tokens: 1, every: 1ms}]");
  ASSERT_THAT(parsed.messages(), ElementsAre());
  const auto& rules = parsed.options.rules;
  ASSERT_EQ(rules.size(), 4U);
  EXPECT_EQ(rules[0].limit.capacity, 100'000U);
  EXPECT_EQ(rules[0].limit.every, 60s);
  EXPECT_EQ(rules[0].limit.name, "100k tokens per key per 1m");
  EXPECT_EQ(rules[1].limit.name, "5M tokens per model per 90s");
  EXPECT_EQ(rules[2].limit.name, "1500 tokens per 1d");
  EXPECT_EQ(rules[3].limit.name, "1 tokens per key and model per 1ms");
  EXPECT_THAT(rules[0].per, ElementsAre(kKey));
  EXPECT_THAT(rules[1].per, ElementsAre(kModel));
  EXPECT_THAT(rules[2].per, ElementsAre());
  EXPECT_THAT(rules[3].per, ElementsAre(kKey, kModel));
}

TEST(TokenLimitOptions, ReadsEachUnit) {
  const ParsedOptions parsed(
      "limits: [{per: key, requests: 60, every: 1m}, {per: key, input_tokens: 10k, every: 1m},"
      " {per: user, output_tokens: 5k, every: 1m}, {per: upstream, concurrency: 8},"
      " {per: \"header:X-Team\", tokens: 1k, every: 1m, weights: {input: 1, output: 4}}]");
  ASSERT_THAT(parsed.messages(), ElementsAre());
  const auto& rules = parsed.options.rules;
  EXPECT_EQ(rules[0].limit.unit, limits::Unit::kRequests);
  EXPECT_EQ(rules[0].limit.name, "60 requests per key per 1m");
  EXPECT_EQ(rules[1].limit.unit, limits::Unit::kInputTokens);
  EXPECT_EQ(rules[1].limit.name, "10k input tokens per key per 1m");
  EXPECT_EQ(rules[2].limit.unit, limits::Unit::kOutputTokens);
  EXPECT_EQ(rules[3].limit.unit, limits::Unit::kConcurrent);
  EXPECT_EQ(rules[3].limit.algorithm, limits::Algorithm::kSlots);
  EXPECT_EQ(rules[3].limit.name, "8 requests at once per upstream");
  EXPECT_EQ(rules[4].limit.name, "1k tokens per header:x-team per 1m");
  EXPECT_EQ(rules[4].weights, (Weights{1, 1, 4}));
}

TEST(TokenLimitOptions, ReadsEachWindow) {
  const ParsedOptions parsed(
      "limits: [{per: key, requests: 60, every: 1m, algorithm: log},"
      " {per: key, tokens: 10M, each: month, time_zone: Europe/Berlin},"
      " {per: key, tokens: 1M, each: day}]");
  ASSERT_THAT(parsed.messages(), ElementsAre());
  const auto& rules = parsed.options.rules;
  EXPECT_EQ(rules[0].limit.algorithm, limits::Algorithm::kLog);
  ASSERT_EQ(rules[1].limit.algorithm, limits::Algorithm::kCalendar);
  EXPECT_EQ(rules[1].limit.calendar->period(), limits::Period::kMonth);
  EXPECT_EQ(rules[1].limit.calendar->zone(), "Europe/Berlin");
  EXPECT_EQ(rules[1].limit.name, "10M tokens per key per month");
  EXPECT_EQ(rules[2].limit.calendar->zone(), "UTC");
}

TEST(TokenLimitOptions, CachedTokensCountAsInputUnlessTheyHaveAWeightOfTheirOwn) {
  const ParsedOptions parsed(
      "limits: [{per: key, tokens: 1, every: 1m, weights: {input: 3}},"
      " {per: key, tokens: 1, every: 1m, weights: {input: 3, cached: 0}}]");
  EXPECT_EQ(parsed.options.rules.at(0).weights, (Weights{3, 3, 1}));
  EXPECT_EQ(parsed.options.rules.at(1).weights, (Weights{3, 0, 1}));
}

TEST(TokenLimitOptions, TakesAName) {
  const ParsedOptions parsed("limits: [{name: team a, per: key, tokens: 1k, every: 1s}]");
  EXPECT_EQ(parsed.options.rules.at(0).limit.name, "team a");
}

TEST(TokenLimitOptions, NameTheMetersOfOneDefinitionAlikeAndOfOthersNot) {
  const ParsedOptions parsed(
      "limits: [{per: key, tokens: 1k, every: 1m}, {per: key, tokens: 1k, every: 2m},"
      " {per: model, tokens: 1k, every: 1m}]");
  const auto& rules = parsed.options.rules;
  const ParsedOptions again("limits: [{name: other, per: key, tokens: 1000, every: 60s}]");
  EXPECT_EQ(rules.at(0).prefix, again.options.rules.at(0).prefix);
  EXPECT_NE(rules.at(0).prefix, rules.at(1).prefix);
  EXPECT_NE(rules.at(0).prefix, rules.at(2).prefix);
}

struct Bad {
  std::string yaml;
  std::string message;
};

class BadTokenLimitOptions : public testing::TestWithParam<Bad> {};

TEST_P(BadTokenLimitOptions, AreRefusedInWords) {
  const ParsedOptions parsed(GetParam().yaml);
  EXPECT_THAT(parsed.messages(), ElementsAre(HasSubstr(GetParam().message)));
}

std::string one(const std::string& limit) {
  return "limits: [" + limit + "]";
}

std::string many(int count) {
  std::string list;
  for (int i = 1; i <= count; ++i) {
    list += "{per: key, tokens: 1k, every: " + std::to_string(i) + "m},";
  }
  return one(list);
}

constexpr const char* kScopes = "expected `key`, `model`, `user`, `upstream`, `header:NAME`";
constexpr const char* kWindows = "needs either `every`";

INSTANTIATE_TEST_SUITE_P(
    Table, BadTokenLimitOptions,
    testing::Values(
        Bad{"{}", "`limits` is missing"},                                            //
        Bad{"limits: []", "expected a list of 1 to 16 limits"},                      //
        Bad{"limits: 100k", "expected a list of 1 to 16 limits"},                    //
        Bad{many(17), "expected a list of 1 to 16 limits"},                          //
        Bad{"limits: [100k]", "expected a map"},                                     //
        Bad{one("{tokens: 1, every: 1m}"), "`per` is missing"},                      //
        Bad{one("{per: key, every: 1m}"), "needs one of `tokens`, `input_tokens`"},  //
        Bad{one("{per: key, tokens: 1}"), kWindows},                                 //
        Bad{one("{per: keys, tokens: 1, every: 1m}"), kScopes},                      //
        Bad{one("{per: [], tokens: 1, every: 1m}"), "expected at least one word"},
        Bad{one("{per: [key, key], tokens: 1, every: 1m}"), "`key` is given twice"},
        Bad{one("{per: [key, global], tokens: 1, every: 1m}"), kScopes},  //
        Bad{one("{per: key, tokens: 0, every: 1m}"), "must be > 0; to refuse a key or a model"},
        Bad{one("{per: key, tokens: -1, every: 1m}"), "expected a whole number"},
        Bad{one("{per: key, tokens: 1.5, every: 1m}"), "expected a whole number"},
        Bad{one("{per: key, tokens: 1000001G, every: 1m}"), "must be at most 1000000G"},
        Bad{one("{per: key, tokens: 1, every: 0}"), "must be > 0; write a time such as 1m"},
        Bad{one("{per: key, tokens: 1, every: 0s}"), "must be > 0; write a time such as 1m"},
        Bad{one("{per: key, tokens: 1, every: 60}"), "expected a time with its unit"},
        Bad{one("{per: key, tokens: 1, every: 367d}"), "must be at most 366d"},
        Bad{one("{per: [key, model, user, upstream, 'header:x'], tokens: 1, every: 1m}"), kScopes},
        Bad{one("{per: 'header:', tokens: 1, every: 1m}"), kScopes},
        Bad{one("{per: 'header:a b', tokens: 1, every: 1m}"), kScopes},
        Bad{one("{per: key, tokens: 1, requests: 1, every: 1m}"), "one limit counts one thing"},
        Bad{one("{per: key, tokens: 1, every: 1m, each: day}"), kWindows},
        Bad{one("{per: key, tokens: 1, each: year}"),
            "expected one of `hour`, `day`, `week` and `month`"},
        Bad{one("{per: key, tokens: 1, each: day, time_zone: Mars}"), "Mars"},
        Bad{one("{per: key, tokens: 1, every: 1m, time_zone: UTC}"), "goes with `each`"},
        Bad{one("{per: key, tokens: 1, each: day, algorithm: log}"), "goes with `every`"},
        Bad{one("{per: key, concurrency: 1, every: 1m}"), "a limit on concurrency has no window"},
        Bad{one("{per: key, requests: 1, every: 1m, weights: {}}"), "goes with `tokens` only"},
        Bad{one("{per: key, tokens: 1, every: 1m, weights: {input: 1001}}"), "at most 1000"},
        Bad{one("{per: key, tokens: 1, every: 1m, weights: {input: 0, output: 0}}"),
            "input or output must count something"},
        Bad{one("{per: key, requests: 1, every: 1m, on_exhausted: cut}"),
            "goes with limits that count output"},
        Bad{one("{per: key, tokens: 1, every: 1m, on_exhausted: stop}"),
            "expected one of `finish` and `cut`"},
        Bad{one("{name: '', per: key, tokens: 1, every: 1m}"), "expected a name of 1 to 64"},
        Bad{one("{name: é, per: key, tokens: 1, every: 1m}"), "expected a name of 1 to 64"},
        Bad{one("{per: key, tokns: 1, tokens: 1, every: 1m}"),
            "unknown key `tokns`; did you mean `tokens`?"},
        Bad{"{limits: [{per: key, tokens: 1, every: 1m}], mode: x}", "unknown key `mode`"},
        Bad{one("{per: key, tokens: 1, every: 1m}, {per: key, tokens: 2, every: 60s}"),
            "limits[0] has the same `per`, unit and window; keep the smaller one"},
        Bad{one("{per: [key, model], tokens: 1, every: 1m}, {per: [model, key], tokens: 1, every: "
                "1m}"),
            "limits[0] has the same `per`, unit and window"},
        Bad{one("{name: a, per: key, tokens: 1, every: 1m}, {name: a, per: model, tokens: 2, "
                "every: 1m}"),
            "limits[0] has the same name"}));

TEST(TokenLimitOptions, TakesAsManyLimitsAsItSays) {
  EXPECT_THAT(ParsedOptions(many(16)).messages(), ElementsAre());
}

TEST(TokenLimitOptions, ReportsEverythingAtOnceAndWhere) {
  const ParsedOptions parsed("limits: [{per: x, tokens: 0, every: 1m}, {}]");
  ASSERT_EQ(parsed.diagnostics.list().size(), 5U);
  EXPECT_THAT(parsed.diagnostics.list()[1].path, HasSubstr("limits[0].tokens"));
}

}  // namespace
}  // namespace penstock::token_limit::test
