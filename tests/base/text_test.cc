#include "base/text.h"

#include <string_view>

#include <gtest/gtest.h>

namespace penstock {
namespace {

TEST(Trim, CutsSpacesAndTabsAtBothEndsOnly) {
  EXPECT_EQ(trim(" \t a \t b\t "), "a \t b");
  EXPECT_EQ(trim(" \t"), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("\na\n"), "\na\n");
}

struct Listed {
  std::string_view list;
  std::string_view token;
  bool expected;
};
class ListHas : public testing::TestWithParam<Listed> {};

TEST_P(ListHas, FindsWholeTokensInAnyCase) {
  const auto& [list, token, expected] = GetParam();
  EXPECT_EQ(list_has(list, token), expected) << list;
}

INSTANTIATE_TEST_SUITE_P(
    Lists, ListHas,
    testing::Values(Listed{"close", "close", true}, Listed{"Keep-Alive, CLOSE", "close", true},
                    Listed{"a ,\tclose , b", "close", true}, Listed{",,close,", "close", true},
                    Listed{"closed", "close", false}, Listed{"un close", "close", false},
                    Listed{"close;q=1", "close", false}, Listed{"", "close", false},
                    Listed{",", "close", false}));

TEST(MediaType, LeavesParametersAndSpaceOut) {
  EXPECT_EQ(media_type("application/json; charset=utf-8"), "application/json");
  EXPECT_EQ(media_type(" text/plain ;x"), "text/plain");
  EXPECT_EQ(media_type(""), "");
}

}  // namespace
}  // namespace penstock
