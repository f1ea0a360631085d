// The prices of docs/prices.md are loaded, and its sums are done.

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "config/config.h"
#include "money/model_data.h"
#include "support/temp_folder.h"

namespace penstock::money {
namespace {

std::string page() {
  std::ifstream file(std::filesystem::path(PENSTOCK_SOURCE_DIR) / "docs/prices.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The first fenced block with that info string.
std::string block(const std::string& info) {
  const std::string text = page();
  const std::string fence = "\n```" + info + "\n";
  const std::size_t from = text.find(fence) + fence.size();
  return text.substr(from, text.find("\n```", from) + 1 - from);
}

TEST(PricesDocumentation, HasPricesThatLoadAndSumsThatAreRight) {
  config::Diagnostics diagnostics;
  const Prices prices = Prices::parse(block("yaml"), "docs/prices.md", diagnostics);
  EXPECT_EQ(config::to_text(diagnostics), "");
  EXPECT_NE(prices.find("gpt-4o-2024-11-20"), nullptr);
  const ModelPrice* price = prices.find("house-large");
  ASSERT_NE(price, nullptr);

  const Nanodollars small = cost({Usage::Origin::kMeasured, 100'000, 2'000, 80'000}, *price);
  const Nanodollars large = cost({Usage::Origin::kMeasured, 300'000, 2'000}, *price);
  EXPECT_NE(page().find("costs " + to_text(small) + "; one of 300,000"), std::string::npos)
      << to_text(small);
  EXPECT_NE(page().find("costs " + to_text(large) + " with the same"), std::string::npos)
      << to_text(large);
}

TEST(PricesDocumentation, HasAConfigurationThatTakesThem) {
  const test::TempFolder folder;
  folder.write("prices.yaml", block("yaml"));
  const std::string file =
      folder.write("penstock.yaml", "upstreams: {demo: {kind: demo}}\n" + block("yaml config"));
  config::Diagnostics diagnostics;
  const config::Config config = config::load_file(file, config::process_environment, diagnostics);
  const auto data = ModelData::load(config.model_data, diagnostics);
  EXPECT_EQ(config::to_text(diagnostics), "");
  ASSERT_TRUE(data);
  EXPECT_NE(data->prices.find("house-large"), nullptr);
}

}  // namespace
}  // namespace penstock::money
