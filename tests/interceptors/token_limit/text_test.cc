#include "interceptors/token_limit/text.h"

#include <gtest/gtest.h>

namespace penstock::token_limit {
namespace {

using namespace std::chrono_literals;

TEST(TokenLimitText, WritesDurationsAsGoDoes) {
  EXPECT_EQ(go_duration(0ms), "0s");
  EXPECT_EQ(go_duration(12ms), "12ms");
  EXPECT_EQ(go_duration(999ms), "999ms");
  EXPECT_EQ(go_duration(1s), "1s");
  EXPECT_EQ(go_duration(1200ms), "1.2s");
  EXPECT_EQ(go_duration(9805ms), "9.805s");
  EXPECT_EQ(go_duration(10'050ms), "10.05s");
  EXPECT_EQ(go_duration(6min), "6m0s");
  EXPECT_EQ(go_duration(86'400ms), "1m26.4s");
  EXPECT_EQ(go_duration(8h), "8h0m0s");
  EXPECT_EQ(go_duration(49h + 2min + 500ms), "49h2m0.5s");
}

TEST(TokenLimitText, WritesWindowsInTheLargestUnitThatFits) {
  EXPECT_EQ(short_duration(60s), "1m");
  EXPECT_EQ(short_duration(90s), "90s");
  EXPECT_EQ(short_duration(1500ms), "1500ms");
  EXPECT_EQ(short_duration(1h), "1h");
  EXPECT_EQ(short_duration(48h), "2d");
}

TEST(TokenLimitText, WritesCountsInTheLargestUnitThatFits) {
  EXPECT_EQ(short_count(0), "0");
  EXPECT_EQ(short_count(1500), "1500");
  EXPECT_EQ(short_count(100'000), "100k");
  EXPECT_EQ(short_count(5'000'000), "5M");
  EXPECT_EQ(short_count(2'000'000'000), "2G");
}

TEST(TokenLimitText, ShortensWithoutCuttingACharacter) {
  const std::string longest(64, 'a');
  const std::string shorter(longest, 1);
  EXPECT_EQ(shortened(longest), longest);
  EXPECT_EQ(shortened(longest + 'a'), longest + "...");
  EXPECT_EQ(shortened(shorter + "\xc3\xa9"), shorter + "...");
  EXPECT_EQ(shortened(shorter + "\xf0\x9f\x98\x80"), shorter + "...");
}

}  // namespace
}  // namespace penstock::token_limit
