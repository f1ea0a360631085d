#include "base/id.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "penstock/headers.h"

namespace penstock {
namespace {

TEST(NewId, HasThePrefixAndTwentyFourCharactersThatFitAHeader) {
  const std::string id = new_id("req_");
  EXPECT_TRUE(id.starts_with("req_"));
  EXPECT_EQ(id.size(), 28u);
  EXPECT_TRUE(is_token(id));
}

TEST(NewId, DoesNotRepeatItself) {
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(new_id(""));
  EXPECT_EQ(seen.size(), 10'000u);
}

}  // namespace
}  // namespace penstock
