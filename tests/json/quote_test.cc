#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "json/document.h"
#include "json/padded.h"

namespace penstock::json {
namespace {

std::string quote(std::string_view text) {
  std::string out = "x";
  append_quoted(out, text);
  return out.substr(1);
}

TEST(AppendQuoted, EscapesWhatMustBeEscaped) {
  EXPECT_EQ(quote(""), R"("")");
  EXPECT_EQ(quote("plain /text/ \x7F"), "\"plain /text/ \x7F\"");
  EXPECT_EQ(quote("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(quote("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(quote(std::string_view("\0\x01\b\x1F", 4)), R"("\u0000\u0001\u0008\u001f")");
}

TEST(AppendQuoted, KeepsValidUtf8) {
  const std::string_view text = "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 \xEF\xBF\xBF \xED\x9F\xBF";
  EXPECT_EQ(quote(text), "\"" + std::string(text) + "\"");
}

TEST(AppendQuoted, ReplacesEachInvalidByte) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  struct Case {
    std::string_view text;
    std::size_t replaced;
  };
  const Case cases[] = {
      {"\xFF", 1},
      {"\x80", 1},
      {"\xC0\xAF", 2},
      {"\xC3", 1},
      {"\xE2\x82", 2},
      {"\xE0\x80\x80", 3},
      {"\xED\xA0\x80", 3},
      {"\xF0\x9F\x98", 3},
      {"\xF0\x80\x80\x80", 4},
      {"\xF4\x90\x80\x80", 4},
      {"\xF5\x80\x80\x80", 4},
  };
  for (const auto& [text, replaced] : cases) {
    EXPECT_EQ(quote("a" + std::string(text) + "b"), "\"a" + repeat(kReplacement, replaced) + "b\"");
  }
}

TEST(AppendQuoted, GivesBackEveryByteWhenRead) {
  std::string text;
  for (char c = 0; c < 0x7F; ++c) text.push_back(c);
  const std::string json = padded(quote(text));
  const auto document = Document::parse(json);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().get_string().value_unsafe(), text);
}

}  // namespace
}  // namespace penstock::json
