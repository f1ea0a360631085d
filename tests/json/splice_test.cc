#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "json/document.h"
#include "json/padded.h"

namespace penstock::json {
namespace {

std::optional<std::string> value_of(std::string_view text, std::string_view key) {
  const auto span = find_member(text, key);
  if (!span) return std::nullopt;
  return std::string(text.substr(span->at, span->size));
}

TEST(FindMember, GivesTheBytesOfTheValue) {
  const std::string_view text =
      R"( { "a" : 1.50 ,"b":"x\"},{", "c":[{"a":2},"]"], "d":{"e":null}, "f":true,"g":-1} )";
  EXPECT_EQ(value_of(text, "a"), "1.50");
  EXPECT_EQ(value_of(text, "b"), R"("x\"},{")");
  EXPECT_EQ(value_of(text, "c"), R"([{"a":2},"]"])");
  EXPECT_EQ(value_of(text, "d"), R"({"e":null})");
  EXPECT_EQ(value_of(text, "f"), "true");
  EXPECT_EQ(value_of(text, "g"), "-1");
  EXPECT_EQ(value_of(text, "e"), std::nullopt) << "nested members are not looked at";
}

TEST(FindMember, ComparesKeysAfterUnescaping) {
  EXPECT_EQ(value_of(R"({"mod\u0065l":1})", "model"), "1");
  EXPECT_EQ(value_of(R"({"\ud83d\ude00":1})", "\xF0\x9F\x98\x80"), "1");
  EXPECT_EQ(value_of(R"({"\u20AC\u00e9":1})", "\xE2\x82\xAC\xC3\xA9"), "1");
  EXPECT_EQ(value_of(R"({"a\"\\\/\b\f\n\r\tb":1})", "a\"\\/\b\f\n\r\tb"), "1");
  EXPECT_EQ(value_of(R"({"a\\":1})", "a\\"), "1");
  EXPECT_EQ(value_of(R"({"Model":1})", "model"), std::nullopt);
}

TEST(FindMember, GivesTheFirstOfTwo) {
  EXPECT_EQ(value_of(R"({"a":1,"a":2})", "a"), "1");
}

TEST(FindMember, FindsNothingWhereThereIsNoMember) {
  for (const std::string_view text : {"{}", " { } ", "[]", "[\"a\",1]", "1", "\"a\"", ""}) {
    EXPECT_EQ(value_of(text, "a"), std::nullopt) << text;
  }
}

TEST(FindMember, StaysInsideATextThatIsCutAnywhere) {
  const std::string whole = R"({"a":{"b":[1,"x\\"]},"mod\u0065l" : "y","\ud83d\ude00":2})";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string exact(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    for (const std::string_view key : {"a", "model", "\xF0\x9F\x98\x80", "absent"}) {
      const auto span = find_member(exact, key);
      EXPECT_TRUE(!span || span->at + span->size <= exact.size()) << exact;
    }
  }
}

TEST(FindMember, TakesLinearTimeForQuotesAndBackslashes) {
  const std::string text =
      R"({"a":")" + repeat(R"(\")", 500'000) + repeat(R"(\\)", 500'000) + R"(","b":1})";
  EXPECT_EQ(value_of(text, "b"), "1");
}

std::string with(std::string_view text, std::string_view key, std::string_view value) {
  return apply(text, {set_member(text, key, value)});
}

TEST(SetMember, ReplacesTheValueAndNothingElse) {
  EXPECT_EQ(with(R"({ "n" : 1.0, "model" : "a" ,"x":1e2})", "model", R"("b")"),
            R"({ "n" : 1.0, "model" : "b" ,"x":1e2})");
  EXPECT_EQ(with(R"({"mod\u0065l":[1,2]})", "model", "3"), R"({"mod\u0065l":3})");
}

TEST(SetMember, PutsANewMemberFirst) {
  EXPECT_EQ(with(R"( { "a":1})", "b", "{}"), R"( {"b":{}, "a":1})");
  EXPECT_EQ(with(" { } ", "b", "2"), R"( {"b":2 } )");
  EXPECT_EQ(with("{}", "a\"b", "2"), R"({"a\"b":2})");
}

TEST(SetMember, TakesSeveralNewMembersAtOnce) {
  const std::string_view text = R"({"a":1})";
  EXPECT_EQ(apply(text, {set_member(text, "b", "2"), set_member(text, "c", "3"),
                         set_member(text, "a", "4")}),
            R"({"b":2,"c":3,"a":4})");
}

std::optional<std::string> without(std::string_view text, std::string_view key) {
  const auto splice = remove_member(text, key);
  if (!splice) return std::nullopt;
  return apply(text, {*splice});
}

TEST(RemoveMember, TakesOneCommaWithIt) {
  EXPECT_EQ(without(R"({"a":1,"b":2,"c":3})", "a"), R"({"b":2,"c":3})");
  EXPECT_EQ(without(R"({"a":1,"b":2,"c":3})", "b"), R"({"a":1,"c":3})");
  EXPECT_EQ(without(R"({"a":1,"b":2,"c":3})", "c"), R"({"a":1,"b":2})");
  EXPECT_EQ(without(R"({ "a" : 1 , "b":2})", "a"), R"({  "b":2})");
  EXPECT_EQ(without("{\"a\":1 ,\n \"b\" : {\"c\":1} }", "b"), "{\"a\":1  }");
  EXPECT_EQ(without(R"( { "a":1 } )", "a"), R"( {  } )");
  EXPECT_EQ(without(R"({"a":1})", "b"), std::nullopt);
  EXPECT_EQ(without("[1]", "b"), std::nullopt);
}

TEST(Apply, LeavesRoomToParseTheResult) {
  const std::string result = apply(R"({"a":1})", {{5, 1, repeat("2", 10)}});
  EXPECT_EQ(result, R"({"a":2222222222})");
  EXPECT_GE(result.capacity(), result.size() + kPadding);
}

TEST(Apply, EditsInOrder) {
  EXPECT_EQ(apply("abcdef", {}), "abcdef");
  EXPECT_EQ(apply("abcdef", {{0, 1, "X"}, {2, 0, "-"}, {2, 2, ""}, {6, 0, "!"}}), "Xb-ef!");
}

}  // namespace
}  // namespace penstock::json
