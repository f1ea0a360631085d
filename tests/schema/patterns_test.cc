#include <string>

#include <gtest/gtest.h>

#include "schema/ecma_regex.h"
#include "schema/format.h"
#include "schema/pattern.h"

namespace penstock::schema::test {
namespace {

struct Match {
  std::string pattern;
  std::string text;
  bool matches;
};

class Patterns : public testing::TestWithParam<Match> {};

TEST_P(Patterns, MatchAsInEcmaScript) {
  const auto pattern = Pattern::compile(GetParam().pattern);
  ASSERT_TRUE(pattern.has_value()) << pattern.error().detail;
  EXPECT_EQ(pattern->matches(GetParam().text), GetParam().matches)
      << GetParam().pattern << " on " << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Patterns,
    testing::Values(Match{"^a$", "a\n", false},
                    Match{"a.c",
                          "a\xe2\x80\xa8"
                          "c",
                          false},
                    Match{"a.c",
                          "a\xf0\x9f\x98\x80"
                          "c",
                          true},
                    Match{"^.$", "\n", false}, Match{"^\\d$", "\xd9\xa1", false},
                    Match{"^[\\d]$", "7", true}, Match{"^\\s$", "\xef\xbb\xbf", true},
                    Match{"^[^\\s]$", "\xc2\xa0", false}, Match{"^[\\S]$", "\xc2\xa0", false},
                    Match{"^[\\S]$", "x", true}, Match{"^\\w+$", "caf\xc3\xa9", false},
                    Match{"^\\cJ$", "\n", true}, Match{"^\\u00e9$", "\xc3\xa9", true},
                    Match{"^\\uD83D\\uDE00$", "\xf0\x9f\x98\x80", true},
                    Match{"^\\u{1F600}$", "\xf0\x9f\x98\x80", true},
                    Match{"\\uD83D", "\xf0\x9f\x98\x80", false},
                    Match{"^\\x41\\/\\-$", "A/-", true}, Match{"^[\\b]$", "\b", true},
                    Match{"\\bfoo\\b", "a foo b", true}, Match{"^(?<year>\\d{4})$", "2026", true},
                    Match{"^[]$", "a", false}, Match{"^[^]$", "\n", true},
                    Match{"^a{2,3}?$", "aaa", true}, Match{"^a{,3}$", "a{,3}", true},
                    Match{"^{$", "{", true}, Match{"^[a-]$", "-", true},
                    Match{"^[a\\-z]$", "m", false}, Match{"^[[:alpha:]]$", ":]", true},
                    Match{"^\\p{Script=Greek}$", "\xce\xb1", true}, Match{"^\\P{L}$", "1", true},
                    Match{"^[\\p{Lu}\\d]$", "A", true}, Match{"^\\0$", std::string(1, '\0'), true},
                    Match{"a|^b", "xa", true}, Match{"^[\\uD800-\\uDFFF]$", "a", false}));

struct Refusal {
  std::string pattern;
  std::string why;
};

class BadPattern : public testing::TestWithParam<Refusal> {};

TEST_P(BadPattern, IsToldByName) {
  const auto pattern = Pattern::compile(GetParam().pattern);
  ASSERT_FALSE(pattern.has_value());
  EXPECT_EQ(pattern.error().detail, GetParam().why);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadPattern,
    testing::Values(
        Refusal{"a(?=b)", "unsupported pattern: a look-ahead at character 3"},
        Refusal{"(?!b)", "unsupported pattern: a look-ahead at character 2"},
        Refusal{"(?<=b)", "unsupported pattern: a look-behind at character 2"},
        Refusal{"(?<!b)", "unsupported pattern: a look-behind at character 2"},
        Refusal{"(a)\\1", "unsupported pattern: a back reference at character 3"},
        Refusal{"(?<n>a)\\k<n>", "unsupported pattern: a back reference at character 7"},
        Refusal{"a{1001}", "unsupported pattern: more than 1000 repetitions at character 7"},
        Refusal{"\\p{Emoji}", "unsupported pattern: the property `Emoji` at character 2"},
        Refusal{"\\p{Script=^Greek}",
                "unsupported pattern: the property `Script=^Greek` at character 2"},
        Refusal{"(", "not a pattern: a group is not closed at character 1"},
        Refusal{")", "not a pattern: a group is closed that is not open at character 0"},
        Refusal{"[a", "not a pattern: a class is not closed at character 2"},
        Refusal{"*", "not a pattern: nothing to repeat at character 1"},
        Refusal{"a**", "not a pattern: nothing to repeat at character 3"},
        Refusal{"^*", "not a pattern: nothing to repeat at character 2"},
        Refusal{"a{2,1}", "not a pattern: a quantifier is upside down at character 6"},
        Refusal{"[b-a]", "not a pattern: a range is upside down at character 4"},
        Refusal{"\\", "not a pattern: a backslash stands at the end at character 1"},
        Refusal{"\\a", "not a pattern: an unknown escape at character 1"},
        Refusal{"\\u12", "not a pattern: an escape \\u without four digits at character 2"},
        Refusal{"(?i)a", "not a pattern: a group starts with an unknown `?` at character 2"},
        Refusal{"(?P<n>a)", "not a pattern: a group starts with an unknown `?` at character 2"}));

// Of catalogue C11: what takes a backtracking engine for ever, or grows without bound.
TEST(Pattern, TakesNoTimeThatGrowsFasterThanTheText) {
  const std::string text(100'000, 'a');
  for (const char* expression : {"^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "(.*a){12}$"}) {
    const auto pattern = Pattern::compile(expression);
    ASSERT_TRUE(pattern.has_value());
    EXPECT_FALSE(pattern->matches(text + "!")) << expression;
  }
}

TEST(Pattern, IsRefusedWhereItWouldTakeTooMuchMemory) {
  for (const char* expression : {"((a{100}){100}){100}", "(\\p{L}{500}){2}"}) {
    EXPECT_FALSE(Pattern::compile(expression).has_value()) << expression;
  }
}

struct FormatCase {
  std::string name;
  std::string text;
  bool matches;
};

class Formats : public testing::TestWithParam<FormatCase> {};

TEST_P(Formats, AreChecked) {
  const Format* format = find_format(GetParam().name);
  ASSERT_NE(format, nullptr);
  EXPECT_EQ(format->matches(GetParam().text), GetParam().matches)
      << GetParam().name << ": " << GetParam().text;
}

// What the official suite does not ask.
INSTANTIATE_TEST_SUITE_P(
    Table, Formats,
    testing::Values(
        FormatCase{"date", "2000-02-29", true}, FormatCase{"date", "1900-02-29", false},
        FormatCase{"date", "2026-13-01", false}, FormatCase{"date", "2026-00-10", false},
        FormatCase{"time", "08:30:06.Z", false}, FormatCase{"time", "08:30", false},
        FormatCase{"date-time", "2026-01-31 08:30:00Z", false},
        FormatCase{"duration", "P1W1", false}, FormatCase{"duration", "PW", false},
        FormatCase{"ipv6", "1::2:3:4:5:6:7:8", false}, FormatCase{"ipv6", "1::3:4:5:6:7:8", true},
        FormatCase{"ipv6", ":::", false}, FormatCase{"ipv6", "1.2.3.4::", false},
        FormatCase{"ipv6", "::1.2.3.4:5", false}, FormatCase{"ipv4", "1.2.3", false},
        FormatCase{"ipv4", "01.2.3.4", false}, FormatCase{"hostname", "a..b", false},
        FormatCase{"email", "\"a\\\"b\"@x.y", true}, FormatCase{"email", "\"a\"b\"@x.y", false},
        FormatCase{"email", "\"a\\", false},
        FormatCase{"email", std::string(65, 'a') + "@b", false},
        FormatCase{"email", "a@[IPv6:1]", false}, FormatCase{"uri", "http://[v1.a:b]/", true},
        FormatCase{"uri", "http://[v.a]/", false}, FormatCase{"uri", "http://a:80:90/", false},
        FormatCase{"uri", "http://a@b@c/", false}, FormatCase{"uri", ":a", false},
        FormatCase{"uri-reference", ":a", false}, FormatCase{"uri-reference", "a%4", false},
        FormatCase{"iri", "http://a/\xee\x80\x80", false},
        FormatCase{"iri", "http://a/?\xee\x80\x80", true},
        FormatCase{"uri-template", "{a:}", false}, FormatCase{"uri-template", "%zz", false},
        FormatCase{"uri-template", "{", false}, FormatCase{"json-pointer", "/~", false},
        FormatCase{"relative-json-pointer", "1a", false}, FormatCase{"regex", "(?=a)", true},
        FormatCase{"regex", "a{2,1}", false}));

TEST(Format, OfOtherNamesIsANote) {
  for (const char* name : {"idn-hostname", "idn-email", "color", ""}) {
    EXPECT_EQ(find_format(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace penstock::schema::test
