#include "json/document.h"

#include <string>
#include <string_view>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/padded.h"

namespace penstock::json {
namespace {

struct Case {
  const char* name;
  std::string text;
  std::string message;  // what follows "the body is not valid JSON: "; empty: accepted
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

class Strictness : public testing::TestWithParam<Case> {};

TEST_P(Strictness, AcceptsOrSaysWhatIsWrongAndWhere) {
  const auto& [name, text, message] = GetParam();
  const std::string expected = message.empty() ? "" : "the body is not valid JSON: " + message;
  EXPECT_EQ(refusal(text), expected);
}

std::string nested(std::size_t depth, std::string_view open, std::string_view inside,
                   std::string_view close) {
  return repeat(open, depth) + std::string(inside) + repeat(close, depth);
}

const std::string kNul(1, '\0');

INSTANTIATE_TEST_SUITE_P(
    Json, Strictness,
    testing::Values(
        Case{"Object", R"({"a":[1,-0,2.5e-3,true,false,null,"x"]})", ""},
        Case{"SurroundedBySpace", " \t\r\n{} \n", ""}, Case{"ScalarAtTheTop", "\"x\"", ""},
        Case{"DuplicateKeys", R"({"a":1,"a":2})", ""}, Case{"EscapedNul", R"(["\u0000"])", ""},
        Case{"SurrogatePair", R"(["\uD83D\uDE00"])", ""}, Case{"Noncharacter", R"(["\uFFFF"])", ""},
        Case{"LargestUnsigned", "[18446744073709551615]", ""},
        Case{"SmallestSigned", "[-9223372036854775808]", ""},
        Case{"VanishingNumber", "[1e-999]", ""},
        Case{"ArraysToTheLimit", nested(64, "[", "", "]"), ""},
        Case{"ArraysToTheLimitAroundAScalar", nested(64, "[", "1", "]"), ""},
        Case{"ObjectsToTheLimit", nested(64, "{\"a\":", "1", "}"), ""},
        Case{"BracketsInAStringDoNotCount", "[\"" + repeat("[", 1000) + "\"]", ""},
        Case{"Empty", "", "the text ends too early at byte 0"},
        Case{"OnlySpace", "  \n", "the text ends too early at byte 3"},
        Case{"Unclosed", "{\"a\":1", "the text ends too early at byte 6"},
        Case{"UnclosedString", "[\"abc", "the text ends too early at byte 5"},
        Case{"UnclosedEscape", "[\"abc\\", "the text ends too early at byte 6"},
        Case{"ByteOrderMark", "\xEF\xBB\xBF{}", "a byte order mark at byte 0"},
        Case{"TrailingComma", "[1,]", "expected a value at byte 3"},
        Case{"TrailingCommaInAnObject", "{\"a\":1,}", "expected a key in double quotes at byte 7"},
        Case{"MissingComma", "[1 2]", "expected `,` or `]` at byte 3"},
        Case{"MissingCommaInAnObject", "{\"a\":1 \"b\":2}", "expected `,` or `}` at byte 7"},
        Case{"MissingColon", "{\"a\" 1}", "expected `:` at byte 5"},
        Case{"WrongBracket", "[1}", "expected `,` or `]` at byte 2"},
        Case{"SingleQuotes", "{'a':1}", "expected a key in double quotes at byte 1"},
        Case{"Comment", "[1] // x", "bytes after the end of the value at byte 4"},
        Case{"TwoDocuments", "{}{}", "bytes after the end of the value at byte 2"},
        Case{"TrailingNul", "{}" + kNul, "bytes after the end of the value at byte 2"},
        Case{"NulForAValue", "[" + kNul + "]", "expected a value at byte 1"},
        Case{"NotANumber", "[NaN]", "expected a value at byte 1"},
        Case{"MisspeltLiteral", "[trve]", "expected a value at byte 1"},
        Case{"LeadingZero", "[01]", "a number with a leading zero at byte 1"},
        Case{"NoDigitBeforeThePoint", "[.5]", "expected a value at byte 1"},
        Case{"NoDigitBehindThePoint", "[1.]", "malformed number at byte 3"},
        Case{"NoExponent", "[1e]", "malformed number at byte 3"},
        Case{"PlusSign", "[+1]", "expected a value at byte 1"},
        Case{"TooLargeInteger", "[1,18446744073709551616]", "a number out of range at byte 3"},
        Case{"TooSmallInteger", "[-9223372036854775809]", "a number out of range at byte 1"},
        Case{"TooLargeReal", "[1e999]", "a number out of range at byte 1"},
        Case{"ControlByte", "[\"a\nb\"]", "a control byte in a string at byte 3"},
        Case{"UnknownEscape", R"(["\x"])", "an unknown escape in a string at byte 2"},
        Case{"MalformedEscape", R"(["\u12G4"])", "a malformed \\u escape at byte 2"},
        Case{"LoneHighSurrogate", R"(["\ud800"])", "a lone surrogate at byte 2"},
        Case{"LoneLowSurrogate", R"(["ab\udc00"])", "a lone surrogate at byte 4"},
        Case{"SurrogatesInverted", R"(["\udc00\ud800"])", "a lone surrogate at byte 2"},
        Case{"HighSurrogateTwice", R"(["\ud800\ud800"])", "a lone surrogate at byte 2"},
        Case{"InvalidByte", "[\"\xFF\"]", "invalid UTF-8 at byte 2"},
        Case{"OverlongUtf8", "[\"\xC0\xAF\"]", "invalid UTF-8 at byte 2"},
        Case{"SurrogateInUtf8", "[\"\xED\xA0\x80\"]", "invalid UTF-8 at byte 2"},
        Case{"BeyondUnicode", "[\"\xF4\x90\x80\x80\"]", "invalid UTF-8 at byte 2"},
        Case{"CutUtf8", "[\"\xE2\x82\"]", "invalid UTF-8 at byte 2"},
        Case{"ArraysTooDeep", nested(65, "[", "", "]"), "nested deeper than 64 levels at byte 64"},
        Case{"ScalarTooDeep", nested(65, "[", "1", "]"), "nested deeper than 64 levels at byte 64"},
        Case{"ObjectsTooDeep", nested(65, "{\"a\":", "1", "}"),
             "nested deeper than 64 levels at byte 320"},
        Case{"MillionBrackets", repeat("[", 1'000'000), "nested deeper than 64 levels at byte 64"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Document, RefusesAsTheClientsFault) {
  const auto document = Document::parse(padded("{"));
  ASSERT_FALSE(document);
  EXPECT_EQ(describe(document.error().kind).status, 400);
  EXPECT_EQ(document.error().source, ErrorSource::kClient);
}

TEST(Document, ReadsHugeNumbersInLinearTime) {
  EXPECT_THAT(refusal("[" + repeat("9", 1'000'000) + "]"), testing::HasSubstr("out of range"));
  EXPECT_EQ(refusal("[0." + repeat("3", 1'000'000) + "]"), "");
}

TEST(Document, KeepsItsValuesWhenMoved) {
  const std::string first_text = padded(R"({"a":1})");
  const std::string second_text = padded(R"({"a":2})");
  auto first = Document::parse(first_text);
  auto second = Document::parse(second_text);
  ASSERT_TRUE(first && second);

  const Document moved = std::move(*first);
  EXPECT_EQ(moved.root()["a"].get_int64().value_unsafe(), 1);
  EXPECT_EQ(moved.text(), first_text);

  Document assigned = *Document::parse(first_text);
  assigned = std::move(*second);
  EXPECT_EQ(assigned.root()["a"].get_int64().value_unsafe(), 2);
  EXPECT_EQ(assigned.text(), second_text);
}

TEST(Document, ParsesAgainAfterATextAtTheDepthLimit) {
  EXPECT_EQ(refusal(nested(64, "[", "1", "]")), "");
  EXPECT_NE(refusal(nested(65, "[", "", "]")), "");
}

TEST(DuplicateKey, FindsAKeyThatIsWrittenTwiceInAnySpelling) {
  const std::string text = padded(R"({"model":"a","n":1,"mod\u0065l":"b","x":1,"x":2,"N":3})");
  const auto document = Document::parse(text);
  ASSERT_TRUE(document);
  const auto object = document->root().get_object().value_unsafe();
  EXPECT_EQ(duplicate_key(object, {"n", "model"}), "model");
  EXPECT_EQ(duplicate_key(object, {"n", "absent"}), std::nullopt);
  EXPECT_EQ(duplicate_key(object, {"x"}), "x");
}

}  // namespace
}  // namespace penstock::json
