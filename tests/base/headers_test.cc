#include "penstock/headers.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::vector<std::pair<std::string, std::string>> fields(const Headers& headers) {
  std::vector<std::pair<std::string, std::string>> all;
  headers.for_each([&all](Headers::Field field) { all.emplace_back(field.name, field.value); });
  return all;
}

TEST(Headers, KeepsOrderAndRepeatedNamesInLowerCase) {
  Headers headers;
  EXPECT_TRUE(headers.add("X-One", "1"));
  EXPECT_TRUE(headers.add("x-two", "2"));
  EXPECT_TRUE(headers.add("X-ONE", "3"));
  EXPECT_THAT(fields(headers),
              ElementsAre(Pair("x-one", "1"), Pair("x-two", "2"), Pair("x-one", "3")));
  EXPECT_EQ(headers.count("X-One"), 2u);
  EXPECT_EQ(headers.size(), 3u);
}

TEST(Headers, FindsTheFirstValueInAnyCase) {
  Headers headers;
  headers.add("a", "1");
  headers.add("a", "2");
  EXPECT_EQ(headers.get("A"), "1");
  EXPECT_EQ(headers.get("b"), std::nullopt);
}

TEST(Headers, CutsWhiteSpaceAroundAValue) {
  Headers headers;
  headers.add("a", " \t one two\t ");
  headers.add("b", " \t");
  EXPECT_EQ(headers.get("a"), "one two");
  EXPECT_EQ(headers.get("b"), "");
}

TEST(Headers, SetReplacesAllFieldsOfTheName) {
  Headers headers;
  headers.add("a", "1");
  headers.add("b", "2");
  headers.add("A", "3");
  EXPECT_TRUE(headers.set("a", "4"));
  EXPECT_THAT(fields(headers), ElementsAre(Pair("b", "2"), Pair("a", "4")));
}

TEST(Headers, RemoveTellsHowManyWentAway) {
  Headers headers;
  headers.add("a", "1");
  headers.add("A", "2");
  EXPECT_EQ(headers.remove("a"), 2u);
  EXPECT_EQ(headers.remove("a"), 0u);
  EXPECT_TRUE(headers.empty());
  EXPECT_EQ(headers.get("a"), std::nullopt);
}

TEST(Headers, RenameKeepsPlaceAndValue) {
  Headers headers;
  headers.add("a", "1");
  headers.add("b", "2");
  headers.add("a", "3");
  EXPECT_TRUE(headers.rename("A", "X-New"));
  EXPECT_THAT(fields(headers), ElementsAre(Pair("x-new", "1"), Pair("b", "2"), Pair("x-new", "3")));
  EXPECT_TRUE(headers.rename("absent", "x-else"));
  EXPECT_EQ(headers.size(), 3u);
}

TEST(Headers, ClearLeavesNothing) {
  Headers headers;
  headers.add("a", "1");
  headers.clear();
  EXPECT_THAT(fields(headers), IsEmpty());
}

struct Refused {
  std::string name;
  std::string value;
};
class HeadersRefuse : public testing::TestWithParam<Refused> {};

TEST_P(HeadersRefuse, WhatCouldForgeALineAndChangeNothing) {
  const auto& [name, value] = GetParam();
  Headers headers;
  headers.add("a", "kept");
  EXPECT_FALSE(headers.add(name, value));
  EXPECT_FALSE(headers.set(name, value));
  EXPECT_THAT(fields(headers), ElementsAre(Pair("a", "kept")));
}

INSTANTIATE_TEST_SUITE_P(Names, HeadersRefuse,
                         testing::Values(Refused{"", "v"}, Refused{"a b", "v"}, Refused{"a:", "v"},
                                         Refused{"a\r", "v"}, Refused{std::string("a\0", 2), "v"},
                                         Refused{"\xc3\xa4", "v"}, Refused{"(a)", "v"}));
INSTANTIATE_TEST_SUITE_P(Values, HeadersRefuse,
                         testing::Values(Refused{"a", "x\r\ny: z"}, Refused{"a", "x\n"},
                                         Refused{"a", "\rx"}, Refused{"a", std::string("x\0y", 3)},
                                         Refused{"a", "x\x7f"}, Refused{"a", "\x1b[31m"}));

TEST(Headers, RenameRefusesWhatIsNoToken) {
  Headers headers;
  headers.add("a", "1");
  EXPECT_FALSE(headers.rename("a", "b\r\nc"));
  EXPECT_THAT(fields(headers), ElementsAre(Pair("a", "1")));
}

TEST(Headers, AllowTabsAndBytesAbove127InValues) {
  Headers headers;
  EXPECT_TRUE(headers.add("a", "x\ty\xc3\xa4"));
  EXPECT_EQ(headers.get("a"), "x\ty\xc3\xa4");
}

// Regression: a name or value that was a view into the block was read after the block had moved.
TEST(Headers, TakeViewsIntoThemselves) {
  Headers headers;
  headers.add("a-rather-long-name", "and a value that is rather long as well");
  for (int i = 0; i < 50; ++i) {
    std::vector<Headers::Field> own;
    headers.for_each([&own](Headers::Field field) { own.push_back(field); });
    ASSERT_TRUE(headers.add(own.front().name, own.front().value));
  }
  EXPECT_EQ(headers.count("a-rather-long-name"), 51u);
  std::vector<Headers::Field> own;
  headers.for_each([&own](Headers::Field field) { own.push_back(field); });
  ASSERT_TRUE(headers.set(own.back().name, own.back().value));
  EXPECT_THAT(fields(headers),
              ElementsAre(Pair("a-rather-long-name", "and a value that is rather long as well")));
}

TEST(Headers, RenameTakesViewsIntoTheBlock) {
  Headers headers;
  headers.add("first-name-that-is-long", "second-name-that-is-long");
  std::vector<Headers::Field> own;
  headers.for_each([&own](Headers::Field field) { own.push_back(field); });
  ASSERT_TRUE(headers.rename(own.front().name, own.front().value));
  EXPECT_EQ(headers.get("second-name-that-is-long"), "second-name-that-is-long");
}

TEST(Headers, CompareAsciiOnlyWithoutCase) {
  EXPECT_TRUE(equals_ignoring_case("Content-Type", "content-TYPE"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_FALSE(equals_ignoring_case("@", "`"));
  EXPECT_FALSE(equals_ignoring_case("[", "{"));
}

TEST(FieldValue, HoldsAnyByteButControlsOtherThanTabWhereverItStands) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool allowed = byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, 'x');
      text[at] = static_cast<char>(byte);
      EXPECT_EQ(is_field_value(text), allowed) << byte << " at " << at;
    }
  }
}

TEST(Headers, RemovesWhatAPredicateNames) {
  Headers headers;
  for (const char* name : {"a", "x-one", "b", "x-two"}) EXPECT_TRUE(headers.add(name, "1"));
  headers.remove_if([](const Headers::Field& field) { return field.name.starts_with("x-"); });
  std::string left;
  headers.for_each([&](const Headers::Field& field) { left += field.name; });
  EXPECT_EQ(left, "ab");
}

TEST(Headers, MakesRoomForItsLines) {
  Headers headers;
  std::size_t lines = 0;
  for (const std::string name : {"a", "content-type", "x"}) {
    EXPECT_TRUE(headers.add(name, "value"));
    lines += name.size() + std::string(": value\r\n").size();
  }
  EXPECT_GE(headers.bytes(), lines);
}

}  // namespace
}  // namespace penstock
