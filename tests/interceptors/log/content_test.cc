#include "interceptors/log/content.h"

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/test_exchange.h"

namespace penstock::exchange_log {
namespace {

using nlohmann::json;

Options with(Content content, std::uint64_t max_content = 16 * 1024) {
  Options options;
  options.content = content;
  options.max_content = max_content;
  return options;
}

json request(std::string body, const Options& options,
             std::string_view content_type = "application/json") {
  test::TestExchange x(Route::kChatCompletions, std::move(body));
  x.request.headers.set("content-type", content_type);
  JsonLine line;
  append_request_body(line, x, options);
  return json::parse("{" + line.members() + "}");
}

json answer(const std::vector<std::string>& chunks, const Options& options) {
  AnswerText text(options);
  for (const std::string& chunk : chunks) text.see(chunk);
  JsonLine line;
  text.append_to(line);
  return json::parse("{" + line.members() + "}");
}

TEST(LogContent, LeavesBodiesOutUnlessToldOtherwise) {
  EXPECT_EQ(request(R"({"a":"b"})", with(Content::kNone)), json::object());
}

TEST(LogContent, SaysNothingOfEmptyBodies) {
  for (const Content content : {Content::kRedacted, Content::kFull}) {
    EXPECT_EQ(request("", with(content)), json::object());
    EXPECT_EQ(answer({}, with(content)), json::object());
  }
}

TEST(LogContent, ShowsFullBodiesAsTexts) {
  EXPECT_EQ(request(R"({"a":"b"})", with(Content::kFull)),
            json({{"request_body", R"({"a":"b"})"}}));
  EXPECT_EQ(answer({"data: a\n\n", "data: b\n\n"}, with(Content::kFull)),
            json({{"response_body", "data: a\n\ndata: b\n\n"}}));
}

TEST(LogContent, ShowsABodyOfExactlyTheBoundUncut) {
  EXPECT_EQ(request("abcd", with(Content::kFull, 4)), json({{"request_body", "abcd"}}));
  EXPECT_EQ(answer({"ab", "cd"}, with(Content::kFull, 4)), json({{"response_body", "abcd"}}));
}

TEST(LogContent, CutsLongBodiesBetweenCharacters) {
  EXPECT_EQ(request("abc\xc3\xa4"
                    "de",
                    with(Content::kFull, 4)),
            json({{"request_body", "abc"}, {"request_body_truncated", true}}));
  EXPECT_EQ(answer({"abc", "\xc3\xa4", "de"}, with(Content::kFull, 4)),
            json({{"response_body", "abc"}, {"response_body_truncated", true}}));
  EXPECT_EQ(answer({std::string(100'000, 'x'), "y"}, with(Content::kFull, 4)),
            json({{"response_body", "xxxx"}, {"response_body_truncated", true}}));
}

TEST(LogContent, RedactsBothSides) {
  EXPECT_EQ(request(R"({"model":"m","messages":[{"role":"user","content":"hello"}]})",
                    with(Content::kRedacted)),
            json({{"request_body",
                   R"({"model":"m","messages":[{"role":"user","content":"[5 chars]"}]})"}}));
  EXPECT_EQ(answer({R"({"choices":[{"text")", R"(:"hello"}]})"}, with(Content::kRedacted)),
            json({{"response_body", R"({"choices":[{"text":"[5 chars]"}]})"}}));
}

TEST(LogContent, RedactsALongRequestThatGetsShort) {
  const std::string body = R"({"content":")" + std::string(1000, 'x') + "\"}";
  EXPECT_EQ(request(body, with(Content::kRedacted, 100)),
            json({{"request_body", R"({"content":"[1000 chars]"})"}}));
}

TEST(LogContent, CutsARedactedRequestThatStaysLong) {
  EXPECT_EQ(request(R"({"n":[1,2,3,4,5,6,7,8,9]})", with(Content::kRedacted, 8)),
            json({{"request_body", R"({"n":[1,)"}, {"request_body_truncated", true}}));
}

TEST(LogContent, ShowsOnlyTheSizeOfWhatItCannotRedact) {
  const Options redacted = with(Content::kRedacted, 20);
  EXPECT_EQ(request("my secret", redacted), json({{"request_body", "[9 bytes]"}}));
  EXPECT_EQ(request(R"({"a":"b"})", redacted, "multipart/form-data; boundary=x"),
            json({{"request_body", "[9 bytes]"}}));
  EXPECT_EQ(answer({"data: {\"a\":", "\"b\"}\n\n"}, redacted),
            json({{"response_body", "[17 bytes]"}}));
  EXPECT_EQ(answer({R"({"a":"a longer text than it may be"})"}, redacted),
            json({{"response_body", "[36 bytes]"}}));
}

}  // namespace
}  // namespace penstock::exchange_log
