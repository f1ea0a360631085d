#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "http/url.h"

namespace penstock::http {
namespace {

using namespace std::string_literals;

std::string parse(const std::string& target, const std::string& method = "GET") {
  const auto parsed = parse_target(method, target, "gateway.test:4000");
  if (!parsed) return std::to_string(describe(parsed.error().kind).status);
  return parsed->path + (parsed->query.empty() ? "" : " ? " + parsed->query);
}

struct Case {
  std::string target;
  std::string outcome;
};

void expect_outcomes(const std::vector<Case>& cases) {
  for (const Case& c : cases) EXPECT_EQ(parse(c.target), c.outcome) << c.target;
}

void expect_refused(const std::vector<std::string>& targets) {
  for (const auto& target : targets) {
    EXPECT_EQ(parse(target), "400") << testing::PrintToString(target);
  }
}

TEST(RequestTarget, ReadsOriginForm) {
  expect_outcomes({{"/", "/"},
                   {"/v1/models", "/v1/models"},
                   {"/v1/chat/completions?api-version=2024-10-21&x",
                    "/v1/chat/completions ? "
                    "api-version=2024-10-21&x"},
                   {"/v1/models?", "/v1/models"},
                   {"/v1/a:b@c;d=e,f", "/v1/a:b@c;d=e,f"},
                   {"/v1/models/a?x=/../%2e&y={z}|^`?", "/v1/models/a ? x=/../%2e&y={z}|^`?"},
                   {"/v1/MODELS", "/v1/MODELS"},
                   {"/v1/...", "/v1/..."}});
}

TEST(RequestTarget, ReadsAbsoluteFormOfTheSameHost) {
  expect_outcomes({{"http://gateway.test:4000/v1/models?a", "/v1/models ? a"},
                   {"HTTPS://Gateway.TEST:4000/v1/models", "/v1/models"},
                   {"http://gateway.test:4000", "/"},
                   {"http://gateway.test:4000?a=b", "/ ? a=b"}});
  expect_refused({"http://evil.test/v1/models", "http://gateway.test/v1/models",
                  "http://gateway.test:4000@evil.test/", "http://user@gateway.test:4000/",
                  "http:///v1/models", "http://", "http:/v1/models", "ftp://gateway.test:4000/",
                  "file:///etc/passwd", "javascript:alert(1)", "http://gateway.test:4000#x"});
  EXPECT_FALSE(parse_target("GET", "http:///v1", "")) << "no Host, as HTTP/1.0 allows";
}

TEST(RequestTarget, TakesTheAsteriskForOptionsOnly) {
  EXPECT_EQ(parse("*", "OPTIONS"), "*");
  EXPECT_EQ(parse("*", "GET"), "400");
  EXPECT_EQ(parse("*a", "OPTIONS"), "400");
}

TEST(RequestTarget, RefusesAuthorityFormAndNonsense) {
  EXPECT_EQ(parse("gateway.test:4000", "CONNECT"), "400");
  expect_refused({"", "gateway.test:80", "v1/models", "!", "?a", "#", "\\v1"});
}

TEST(RequestTarget, HasOneSpellingForAPath) {
  expect_outcomes({{"/v1/%63hat/completion%73", "/v1/chat/completions"},
                   {"/v1/%7Ea%2D%5f", "/v1/~a-_"},
                   {"/v1/a%3ab%c3%a9", "/v1/a%3Ab%C3%A9"},
                   {"/v1/a%20b", "/v1/a%20b"},
                   {"/v1/100%25", "/v1/100%25"},
                   {"/v1/%F0%9F%98%80", "/v1/%F0%9F%98%80"}});
}

TEST(RequestTarget, RefusesPathsThatOthersMayReadDifferently) {
  expect_refused({"//v1/models", "/v1//models", "/v1/models/", "/v1/./models", "/v1/../models",
                  "/..", "/.", "/v1/%2e%2e/models", "/v1/.%2E", "/v1/%2e", "/v1\\models",
                  "/v1/%5cmodels", "/v1/a%2fb", "/v1/a%2Fb/models/x", "/v1/models#frag", "/v1#"});
  expect_refused({"/v1/..;/x", "/v1/.;a=b/x", "/v1/%2e.;", "/v1/..%3Ba/x", "/v1/..%3bx"});
}

TEST(RequestTarget, RefusesBytesThatNoPathMayHold) {
  expect_refused({"/v1/%00", "/v1/%0d%0aX:%201", "/v1/%7f", "/v1/%1F", "/v1/a\x01", "/v1/a b",
                  "/v1/\xC3\xA9", "/v1/\"", "/v1/<a>", "/v1/{a}", "/v1/a|b", "/v1/[a]", "/v1/^",
                  "/v1/`", "/v1/\0"s});
}

TEST(RequestTarget, RefusesBrokenEscapes) {
  expect_refused({"/v1/%", "/v1/%4", "/v1/%zz", "/v1/%4g", "/v1/%u002f", "/v1/% 41", "/v1/%252e",
                  "/v1/models/a%252Fb", "/v1/%c0%af", "/v1/%ff", "/v1/%c3", "/v1/%ed%a0%80",
                  "/v1/%e0%80%af", "/v1/%f4%90%80%80", "/v1/%f0%80%80%af", "/v1/%80",
                  "/v1/%e4%b8/x"});
}

TEST(RequestTarget, RefusesWhatIsEncodedTwiceOnceItsDigitsAreDecoded) {
  expect_refused({"/v1/%25A%44", "/v1/%25%41D", "/v1/%25%32%65", "/v1/models/a%25%32F"});
  expect_outcomes({{"/v1/%25%41%7E", "/v1/%25A~"}, {"/v1/%25%25", "/v1/%25%25"}});
}

TEST(RequestTarget, LetsAModelIdHoldEncodedSlashes) {
  expect_outcomes({{"/v1/models/meta%2fllama%2F3", "/v1/models/meta%2Fllama%2F3"},
                   {"/v1/models/meta/llama", "/v1/models/meta/llama"}});
  expect_refused({"/v1/models/%2Fx", "/v1/models/x%2F", "/v1/models/x%2F..%2Fy",
                  "/v1/models/x%2F%2e%2e/y", "/v1/models/x%2F%2Fy", "/v1/models%2Fx"});
}

TEST(RequestTarget, BoundsAndChecksTheQuery) {
  EXPECT_EQ(parse("/a?" + std::string(8 * 1024, 'q')), "/a ? " + std::string(8 * 1024, 'q'));
  EXPECT_EQ(parse("/a?" + std::string(8 * 1024 + 1, 'q')), "414");
  expect_refused({"/a?b#c", "/a?b c", "/a?\"", "/a?<x>", "/a?\\", "/a?\x7f", "/a?\xC3\xA9"});
}

TEST(PercentDecode, DecodesOnce) {
  EXPECT_EQ(*percent_decode("a%20b+c%2F%252F%C3%A9"), "a b+c/%2F\xC3\xA9");
  EXPECT_EQ(*percent_decode(""), "");
}

TEST(PercentDecode, RefusesBrokenEscapesAndControlBytes) {
  for (const auto* text : {"%", "%4", "a%4x", "%%41", "%00", "%0a", "%7F"}) {
    EXPECT_FALSE(percent_decode(text)) << text;
  }
}

}  // namespace
}  // namespace penstock::http
