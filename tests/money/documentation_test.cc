// The prices of docs/prices.md are loaded, and its sums are done.

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "config/config.h"
#include "money/prices.h"

namespace penstock::money {
namespace {

std::string page() {
  std::ifstream file(std::filesystem::path(PENSTOCK_SOURCE_DIR) / "docs/prices.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string block() {
  const std::string text = page();
  const std::string fence = "\n```yaml\n";
  const std::size_t from = text.find(fence) + fence.size();
  return text.substr(from, text.find("\n```", from) + 1 - from);
}

TEST(PricesDocumentation, HasPricesThatLoadAndSumsThatAreRight) {
  config::Diagnostics diagnostics;
  const Prices prices = Prices::parse(block(), "docs/prices.md", diagnostics);
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

}  // namespace
}  // namespace penstock::money
