#include "upstream/outgoing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "http/request_parser.h"
#include "json/document.h"
#include "support/test_exchange.h"

namespace penstock::upstream {
namespace {

using test::TestExchange;
using ::testing::HasSubstr;
using ::testing::Not;

config::UpstreamOptions options() {
  config::UpstreamOptions upstream;
  upstream.name = "test";
  upstream.base_url = {false, "provider.test", 8080, "/prefix/v1"};
  upstream.api_key = Secret("sk-ours");
  return upstream;
}

std::string body_of(const Outgoing& outgoing) {
  std::string body;
  for (const std::string_view piece : outgoing.pieces) body.append(piece);
  return body;
}

std::string padded(std::string body) {
  body.reserve(body.size() + json::kPadding);
  return body;
}

TEST(Outgoing, HasOurPathHostLengthAndKey) {
  TestExchange x(Route::kChatCompletions, padded(R"({"model":"m","messages":[]})"));
  x.request.headers.set("x-team", "blue");
  x.request.query = "a=b";
  const auto outgoing = make_outgoing(x, options());
  ASSERT_TRUE(outgoing);
  http::RequestParser parser(http::HeadLimits{});
  ASSERT_EQ(*parser.parse(outgoing->head), outgoing->head.size());
  const http::RequestHead& head = parser.head();
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/prefix/v1/chat/completions?a=b");
  EXPECT_EQ(head.host, "provider.test:8080");
  EXPECT_EQ(head.framing.length, body_of(*outgoing).size());
  EXPECT_EQ(head.headers.get("authorization"), "Bearer sk-ours");
  EXPECT_EQ(head.headers.get("accept-encoding"), "identity");
  EXPECT_EQ(head.headers.get("x-team"), "blue");
}

TEST(Outgoing, LeavesTheBodyAloneWhereNothingMustChange) {
  const std::string body = "{\"model\": \"m\",\n \"seed\":9007199254740993, \"x\":1.0}";
  TestExchange x(Route::kChatCompletions, padded(body));
  const auto outgoing = make_outgoing(x, options());
  ASSERT_TRUE(outgoing);
  EXPECT_EQ(body_of(*outgoing), body);
  EXPECT_FALSE(outgoing->asks_usage);
}

TEST(Outgoing, PutsTheRealNameInPlaceOfAnAlias) {
  TestExchange x(Route::kChatCompletions, padded(R"({"n":1, "model" : "fast", "z":1e2})"));
  x.models = [](std::string_view) { return Target{"test", "gpt \"real\""}; };
  const auto outgoing = make_outgoing(x, options());
  ASSERT_TRUE(outgoing);
  EXPECT_EQ(body_of(*outgoing), R"({"n":1, "model" : "gpt \"real\"", "z":1e2})");
}

TEST(Outgoing, AsksForTheUsageOfAStream) {
  const struct {
    const char* body;
    bool asks;
  } cases[] = {
      {R"({"model":"m","stream":true})", true},
      {R"({"model":"m","stream":true,"stream_options":null})", true},
      {R"({"model":"m","stream":true,"stream_options":{}})", true},
      {R"({"model":"m","stream":true,"stream_options":{"include_obfuscation":false}})", true},
      {R"({"model":"m","stream":true,"stream_options":{"include_usage":false}})", true},
      {R"({"model":"m","stream":true,"stream_options":{"include_usage":true}})", false},
  };
  for (const auto& c : cases) {
    TestExchange x(Route::kChatCompletions, padded(c.body));
    const auto outgoing = make_outgoing(x, options());
    ASSERT_TRUE(outgoing) << c.body;
    const auto sent = nlohmann::json::parse(body_of(*outgoing));
    EXPECT_EQ(outgoing->asks_usage, c.asks) << c.body;
    EXPECT_EQ(sent["stream_options"]["include_usage"], true) << c.body;
    const auto given = nlohmann::json::parse(c.body);
    const bool obfuscation_kept = !given.contains("stream_options") ||
                                  !given["stream_options"].is_object() ||
                                  !given["stream_options"].contains("include_obfuscation") ||
                                  sent["stream_options"]["include_obfuscation"] == false;
    EXPECT_TRUE(obfuscation_kept);
  }
}

TEST(Outgoing, DoesBothEditsInOneBody) {
  TestExchange x(Route::kChatCompletions,
                 padded(R"({"stream":true,"model":"fast","messages":[]})"));
  x.models = [](std::string_view) { return Target{"test", "real"}; };
  const auto outgoing = make_outgoing(x, options());
  ASSERT_TRUE(outgoing);
  EXPECT_EQ(
      nlohmann::json::parse(body_of(*outgoing)),
      nlohmann::json::parse(
          R"({"stream":true,"model":"real","messages":[],"stream_options":{"include_usage":true}})"));
}

TEST(Outgoing, PassesTheClientsKeyOnlyWhereToldTo) {
  TestExchange x(Route::kChatCompletions, padded(R"({"model":"m"})"));
  x.request.credential = "sk-client";
  EXPECT_THAT(make_outgoing(x, options())->head, Not(HasSubstr("sk-client")));
  config::UpstreamOptions upstream = options();
  upstream.passthrough = true;
  EXPECT_THAT(make_outgoing(x, upstream)->head, HasSubstr("authorization: Bearer sk-client\r\n"));
}

TEST(Outgoing, SendsNoCredentialWhereThereIsNone) {
  TestExchange x(Route::kChatCompletions, padded(R"({"model":"m"})"));
  config::UpstreamOptions upstream = options();
  upstream.api_key = Secret();
  EXPECT_THAT(make_outgoing(x, upstream)->head, Not(HasSubstr("authorization")));
}

}  // namespace
}  // namespace penstock::upstream
