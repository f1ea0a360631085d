// The examples of docs/tokens.md are loaded and counted.

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "config/config.h"
#include "json/padded.h"
#include "tokens/chat.h"

namespace penstock::tokens {
namespace {

std::string page() {
  std::ifstream file(std::filesystem::path(PENSTOCK_SOURCE_DIR) / "docs/tokens.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The first fenced block with that info string.
std::string block(const std::string& info) {
  const std::string text = page();
  const std::string fence = "\n```" + info + "\n";
  const std::size_t begin = text.find(fence);
  if (begin == std::string::npos) return {};
  const std::size_t from = begin + fence.size();
  return text.substr(from, text.find("\n```", from) + 1 - from);
}

TEST(TokensDocumentation, HasModelsThatLoad) {
  config::Diagnostics diagnostics;
  const Models models = Models::parse(block("yaml"), "docs/tokens.md", diagnostics);
  EXPECT_EQ(config::to_text(diagnostics), "");
  EXPECT_EQ(models.find("house/large").chat.message, 4u);
  EXPECT_EQ(models.find("oracle-2").factor, 1250u);
  EXPECT_EQ(models.find("anything").family, "others");
}

TEST(TokensDocumentation, HasAChatThatCostsWhatItSays) {
  const std::string text = penstock::json::padded(block("json"));
  const auto request = penstock::json::Document::parse(text);
  ASSERT_TRUE(request);
  const ChatCount count = count_chat(*request, Models::builtin().find("gpt-4o"));
  EXPECT_NE(page().find("this request has " + std::to_string(count.tokens) + " tokens"),
            std::string::npos);
  EXPECT_TRUE(count.exact);
}

}  // namespace
}  // namespace penstock::tokens
