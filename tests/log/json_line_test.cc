#include "log/json_line.h"

#include <chrono>
#include <limits>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace penstock {
namespace {

using namespace std::chrono_literals;

TEST(JsonLine, IsAnEmptyObjectAtFirst) {
  EXPECT_EQ("{" + JsonLine().members() + "}", "{}");
}

TEST(JsonLine, HoldsItsMembersInOrder) {
  JsonLine line;
  line.text("a", "x").number("b", 18446744073709551615u).boolean("c", true).boolean("d", false);
  EXPECT_EQ("{" + line.members() + "}", R"({"a":"x","b":18446744073709551615,"c":true,"d":false})");
}

TEST(JsonLine, EscapesSoThatOneRecordIsOneLine) {
  JsonLine line;
  line.text("a", "\"\\\n\r\t\x01 end");
  EXPECT_EQ("{" + line.members() + "}", R"({"a":"\"\\\n\r\t\u0001 end"})");
}

TEST(JsonLine, ReplacesBytesThatAreNoUtf8) {
  JsonLine line;
  line.text("a", "x\xff");
  EXPECT_EQ("{" + line.members() + "}", "{\"a\":\"x\xef\xbf\xbd\"}");
}

TEST(JsonLine, WritesMillisecondsWithThreeDecimals) {
  JsonLine line;
  line.milliseconds("a", 12'345'999ns).milliseconds("b", 7us).milliseconds("c", 2s);
  line.milliseconds("d", -5ms);
  EXPECT_EQ("{" + line.members() + "}", R"({"a":12.345,"b":0.007,"c":2000.000,"d":0.000})");
}

TEST(JsonLine, JoinsMembersOfOthers) {
  JsonLine line;
  line.append({}).append(R"("a":1)").append({}).append(R"("b":2)");
  EXPECT_EQ(line.members(), R"("a":1,"b":2)");
  EXPECT_EQ("{" + line.members() + "}", R"({"a":1,"b":2})");
}

struct Cut {
  std::string text;
  std::size_t max_bytes;
  std::string expected;
};
class CutText : public testing::TestWithParam<Cut> {};

TEST_P(CutText, CutsBetweenCharacters) {
  EXPECT_EQ(cut_text(GetParam().text, GetParam().max_bytes), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, CutText,
    testing::Values(Cut{"abc", 3, "abc"}, Cut{"abc", 2, "ab"}, Cut{"abc", 0, ""}, Cut{"", 0, ""},
                    Cut{"a\xc3\xa4z", 2, "a"}, Cut{"a\xc3\xa4z", 3, "a\xc3\xa4"},
                    Cut{"\xf0\x9f\x98\x80z", 1, ""}, Cut{"\xf0\x9f\x98\x80z", 2, ""},
                    Cut{"\xf0\x9f\x98\x80z", 3, ""},
                    Cut{"\xf0\x9f\x98\x80z", 4, "\xf0\x9f\x98\x80"},
                    // No UTF-8: not cut to nothing, but where it was asked for.
                    Cut{"\x80\x80\x80\x80\x80\x80", 4, "\x80\x80\x80\x80"}));

}  // namespace
}  // namespace penstock
