#include "money/prices.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "config/config.h"

namespace penstock::money {
namespace {

std::string errors(const std::string& yaml) {
  config::Diagnostics diagnostics;
  Prices::parse(yaml, "prices.yaml", diagnostics);
  return config::to_text(diagnostics);
}

/// A file with one price.
std::string one(const std::string& members) {
  return "prices:\n  - {models: [m], " + members + "}\n";
}

TEST(Prices, AreReadToTheLastDigit) {
  config::Diagnostics diagnostics;
  const Prices prices = Prices::parse(
      "prices:\n"
      "  - models: [a, 'b-*']\n"
      "    input: 0.1\n"
      "    cached: 0.000001\n"
      "    output: 10000\n"
      "    reasoning: '12.5'\n"
      "    long_context: [{above: 200k, input: 3, output: 4}, {above: 1M, input: 5, output: 6, "
      "cached: 1, reasoning: 7}]\n"
      "  - {models: c, input: 1, output: 2}\n",
      "prices.yaml", diagnostics);
  EXPECT_EQ(config::to_text(diagnostics), "");
  const ModelPrice* a = prices.find("a");
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(prices.find("house/B-7"), a);
  EXPECT_EQ(a->rates.input, 100'000u);
  EXPECT_EQ(a->rates.cached, 1u);
  EXPECT_EQ(a->rates.output, kMostPicodollars);
  EXPECT_EQ(a->rates.reasoning, 12'500'000u);
  ASSERT_EQ(a->long_context.size(), 2u);
  EXPECT_EQ(a->long_context[0].above, 200'000u);
  EXPECT_EQ(a->long_context[0].rates.cached, 3'000'000u);
  EXPECT_EQ(a->long_context[0].rates.reasoning, 4'000'000u);
  EXPECT_EQ(a->long_context[1].rates.cached, 1'000'000u);
  EXPECT_EQ(a->long_context[1].rates.reasoning, 7'000'000u);
  const ModelPrice* c = prices.find("c");
  ASSERT_NE(c, nullptr);
  EXPECT_EQ(c->rates.cached, 1'000'000u);
  EXPECT_EQ(c->rates.reasoning, 2'000'000u);
}

TEST(Prices, OfAModelThatNoEntryNamesAreUnknown) {
  config::Diagnostics diagnostics;
  const Prices some = Prices::parse(one("input: 1, output: 2"), "p", diagnostics);
  EXPECT_EQ(some.find("n"), nullptr);
  const Prices none = Prices::parse("prices: []", "p", diagnostics);
  EXPECT_EQ(none.find("m"), nullptr);
  const Prices all =
      Prices::parse("prices: [{models: '*', input: 1, output: 2}]", "p", diagnostics);
  EXPECT_NE(all.find("anything"), nullptr);
  EXPECT_EQ(config::to_text(diagnostics), "");
}

TEST(Prices, AreValuesThatOutliveTheirSource) {
  Prices copy;
  {
    config::Diagnostics diagnostics;
    const Prices prices = Prices::parse(one("input: 1, output: 2"), "p", diagnostics);
    copy = prices;
  }
  ASSERT_NE(copy.find("m"), nullptr);
  EXPECT_EQ(copy.find("m")->rates.output, 2'000'000u);
}

TEST(PricesErrors, HaveALineAndARemedy) {
  EXPECT_EQ(errors("{}"), "prices.yaml:1:1: `prices` is missing\n");
  EXPECT_EQ(errors("prices: {m: 1}"),
            "prices.yaml:1:9: prices: expected a list of prices such as {models: [house-*], input: "
            "0.5, output: 1}\n");
  EXPECT_EQ(errors(one("input: 1, outputs: 2")),
            "prices.yaml:2:5: prices[0]: `output` is missing\n"
            "prices.yaml:2:29: prices[0].outputs: unknown key `outputs`; did you mean `output`?\n");
  EXPECT_EQ(errors("prices: [{input: 1, output: 2}]"),
            "prices.yaml:1:10: prices[0]: `models` is missing\n");
  EXPECT_EQ(errors("prices:\n  - {models: [m], input: 1, output: 2}\n"
                   "  - {models: [m], input: 1, output: 2}"),
            "prices.yaml:3:15: prices[1].models[0]: `m` stands in line 2 already; remove one of "
            "them\n");
}

TEST(PricesErrors, RefuseWhatIsNoPrice) {
  for (const char* price :
       {"-1", "'1,5'", "1.", ".5", "1e-6", "0.0000001", "10000.1", "free", "[1]", "$1", "0x10"}) {
    for (const char* key : {"cached", "reasoning"}) {
      EXPECT_NE(
          errors(one("input: 1, output: 1, " + std::string(key) + ": " + price))
              .find("expected dollars for a million tokens, from 0 to 10000, with at most six "
                    "digits behind the point"),
          std::string::npos)
          << key << price;
    }
  }
}

TEST(PricesErrors, RefuseStepsOutOfOrder) {
  const std::string head = "input: 1, output: 1, long_context: ";
  const std::string rates = ", input: 1, output: 1}";
  EXPECT_EQ(errors(one(head + "[{above: 1k" + rates + ", {above: 2k" + rates + "]")), "");
  for (const char* above : {"1k", "999"}) {
    EXPECT_NE(errors(one(head + "[{above: 1k" + rates + ", {above: " + above + rates + "]"))
                  .find("`above` must be larger than in the item before"),
              std::string::npos);
  }
  EXPECT_NE(errors(one(head + "[{above: 0" + rates + "]")).find("must be between 1 and"),
            std::string::npos);
  EXPECT_NE(errors(one(head + "[{input: 1, output: 1}]")).find("`above` is missing"),
            std::string::npos);
  EXPECT_NE(errors(one(head + "{above: 1k" + rates)).find("expected a list of at most 8 prices"),
            std::string::npos);
}

TEST(BuiltinPrices, KnowTheModelsOfLargeProviders) {
  const Prices& prices = Prices::builtin();
  for (const char* model :
       {"gpt-4o", "gpt-4o-mini", "gpt-4.1-nano", "gpt-5", "o3", "openai/gpt-4o-2024-08-06",
        "ft:gpt-4o-2024-08-06:org::id", "text-embedding-3-small", "claude-sonnet-4-5",
        "gemini-2.5-pro", "gemini/gemini-2.5-flash", "deepseek-chat", "mistral-large-latest",
        "azure/gpt-4o-2024-11-20"}) {
    EXPECT_NE(prices.find(model), nullptr) << model;
  }
  EXPECT_EQ(prices.find("nobody-has-heard-of-it"), nullptr);
  EXPECT_EQ(prices.find(""), nullptr);
}

TEST(BuiltinPrices, AreThoseOfThePriceLists) {
  const Prices& prices = Prices::builtin();
  const ModelPrice& gpt_4o = *prices.find("gpt-4o");
  EXPECT_EQ(gpt_4o.rates.input, 2'500'000u);
  EXPECT_EQ(gpt_4o.rates.cached, 1'250'000u);
  EXPECT_EQ(gpt_4o.rates.output, 10'000'000u);
  EXPECT_EQ(gpt_4o.rates.reasoning, 10'000'000u);
  const ModelPrice& gemini = *prices.find("gemini-2.5-pro");
  ASSERT_EQ(gemini.long_context.size(), 1u);
  EXPECT_EQ(gemini.long_context[0].above, 200'000u);
  EXPECT_EQ(gemini.long_context[0].rates.input, 2'500'000u);
  EXPECT_EQ(prices.find("text-embedding-3-small")->rates.output, 0u);
}

TEST(BuiltinPrices, AreTheFileOfTheSources) {
  std::ifstream file(std::filesystem::path(PENSTOCK_SOURCE_DIR) / "config/models/prices.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(errors(text.str()), "");
}

}  // namespace
}  // namespace penstock::money
