#include "interceptors/token_limit/options.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/token_limit/fixture.h"

namespace penstock::token_limit::test {
namespace {

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
  EXPECT_TRUE(rules[0].per_key && !rules[0].per_model);
  EXPECT_TRUE(!rules[1].per_key && rules[1].per_model);
  EXPECT_TRUE(!rules[2].per_key && !rules[2].per_model);
  EXPECT_TRUE(rules[3].per_key && rules[3].per_model);
}

TEST(TokenLimitOptions, TakesAName) {
  const ParsedOptions parsed("limits: [{name: team a, per: key, tokens: 1k, every: 1s}]");
  EXPECT_EQ(parsed.options.rules.at(0).limit.name, "team a");
}

TEST(TokenLimitOptions, NameTheBucketsOfOneDefinitionAlikeAndOfOthersNot) {
  const ParsedOptions parsed(
      "limits: [{per: key, tokens: 1k, every: 1m}, {per: key, tokens: 1k, every: 2m},"
      " {per: model, tokens: 1k, every: 1m}]");
  const auto& rules = parsed.options.rules;
  const ParsedOptions again("limits: [{name: other, per: key, tokens: 1000, every: 60s}]");
  EXPECT_EQ(rules.at(0).bucket_prefix, again.options.rules.at(0).bucket_prefix);
  EXPECT_NE(rules.at(0).bucket_prefix, rules.at(1).bucket_prefix);
  EXPECT_NE(rules.at(0).bucket_prefix, rules.at(2).bucket_prefix);
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

constexpr const char* kScopes = "expected `key`, `model`, `global` or `[key, model]`";

INSTANTIATE_TEST_SUITE_P(
    Table, BadTokenLimitOptions,
    testing::Values(
        Bad{"{}", "`limits` is missing"},                                 //
        Bad{"limits: []", "expected a list of 1 to 16 limits"},           //
        Bad{"limits: 100k", "expected a list of 1 to 16 limits"},         //
        Bad{many(17), "expected a list of 1 to 16 limits"},               //
        Bad{"limits: [100k]", "expected a map"},                          //
        Bad{one("{tokens: 1, every: 1m}"), "`per` is missing"},           //
        Bad{one("{per: key, every: 1m}"), "`tokens` is missing"},         //
        Bad{one("{per: key, tokens: 1}"), "`every` is missing"},          //
        Bad{one("{per: keys, tokens: 1, every: 1m}"), kScopes},           //
        Bad{one("{per: [], tokens: 1, every: 1m}"), kScopes},             //
        Bad{one("{per: [key, key], tokens: 1, every: 1m}"), kScopes},     //
        Bad{one("{per: [key, global], tokens: 1, every: 1m}"), kScopes},  //
        Bad{one("{per: key, tokens: 0, every: 1m}"), "must be > 0; to refuse a key or a model"},
        Bad{one("{per: key, tokens: -1, every: 1m}"), "expected a whole number"},
        Bad{one("{per: key, tokens: 1.5, every: 1m}"), "expected a whole number"},
        Bad{one("{per: key, tokens: 1000001G, every: 1m}"), "must be at most 1000000G"},
        Bad{one("{per: key, tokens: 1, every: 0}"), "must be > 0; write a time such as 1m"},
        Bad{one("{per: key, tokens: 1, every: 0s}"), "must be > 0; write a time such as 1m"},
        Bad{one("{per: key, tokens: 1, every: 60}"), "expected a time with its unit"},
        Bad{one("{per: key, tokens: 1, every: 367d}"), "must be at most 366d"},
        Bad{one("{name: '', per: key, tokens: 1, every: 1m}"), "expected a name of 1 to 64"},
        Bad{one("{name: é, per: key, tokens: 1, every: 1m}"), "expected a name of 1 to 64"},
        Bad{one("{per: key, tokns: 1, tokens: 1, every: 1m}"),
            "unknown key `tokns`; did you mean `tokens`?"},
        Bad{"{limits: [{per: key, tokens: 1, every: 1m}], mode: x}", "unknown key `mode`"},
        Bad{one("{per: key, tokens: 1, every: 1m}, {per: key, tokens: 2, every: 60s}"),
            "limits[0] has the same `per` and `every`; keep the smaller one"},
        Bad{one("{per: [key, model], tokens: 1, every: 1m}, {per: [model, key], tokens: 1, every: "
                "1m}"),
            "limits[0] has the same `per` and `every`"},
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
