#include "interceptors/json_schema/json_schema.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/json_schema/fixture.h"

namespace penstock::json_schema::test {
namespace {

using penstock::test::TestExchange;
using testing::HasSubstr;

const std::string kGood = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";

TEST(JsonSchema, PassesAGoodRequestAndTheAnswerToIt) {
  TestExchange x(Route::kChatCompletions, kGood);
  const auto r = penstock::test::run(make(), x, [](Exchange& seen) -> Result<Response> {
    EXPECT_EQ(seen.body(), kGood);
    return penstock::test::reply(201, "answer");
  });
  ASSERT_TRUE(r.has_value());
  EXPECT_EQ(r->status, 201);
  EXPECT_EQ(r->body.whole(), "answer");
}

TEST(JsonSchema, NamesTheFieldAndWhatWasExpected) {
  const auto message = [](std::string body) {
    return refusal(make(), Route::kChatCompletions, std::move(body))->public_message;
  };
  EXPECT_EQ(message(R"({"model":"m","messages":[{"role":"robot","content":""}]})"),
            R"(invalid value for messages[0].role: expected one of "system", "developer", "user", )"
            R"("assistant", "tool" or "function", found "robot")");
  EXPECT_EQ(message(R"({"model":"m","messages":[{"content":"hi"}]})"),
            "missing required parameter: messages[0].role");
  EXPECT_EQ(message(R"({"model":"m","messages":[]})"),
            "invalid value for messages: expected a non-empty array, found an empty array");
  EXPECT_EQ(message(R"({"model":7,"messages":[]})"),
            "invalid type for model: expected a string, found a number");
  EXPECT_EQ(message("[]"), "invalid request body: expected an object, found an array");
}

TEST(JsonSchema, RefusesWhatIsNoJson) {
  for (const char* body : {"", "{", "{\"model\":\"m\"", "\xef\xbb\xbf{}", "{} {}"}) {
    const auto error = refusal(make(), Route::kChatCompletions, body);
    ASSERT_TRUE(error.has_value()) << body;
    EXPECT_EQ(error->kind, ErrorKind::kInvalidRequest);
    EXPECT_THAT(error->public_message, HasSubstr("not valid JSON"));
  }
}

TEST(JsonSchema, RefusesFactsThatContradictEachOther) {
  expect_refused(make(), Route::kChatCompletions,
                 {R"({"model":"m","messages":[{"role":"user","content":"hi"}],
                      "stream_options":{"include_usage":true}})",
                  "stream_options", "invalid_value"});
}

TEST(JsonSchema, RefusesAFieldThatIsGivenTwice) {
  expect_refused(make(), Route::kChatCompletions,
                 {R"({"model":"m","model":"n","messages":[{"role":"user","content":"hi"}]})",
                  "model", "invalid_value"});
  expect_refused(make(), Route::kChatCompletions,
                 {R"({"model":"m","messages":[{"role":"user","content":"hi","content":"ho"}]})",
                  "messages[0].content", "invalid_value"});
}

TEST(JsonSchema, LeavesOtherMethodsAlone) {
  TestExchange x(Route::kChatCompletions, "not JSON");
  x.request.method = "GET";
  EXPECT_FALSE(refusal(make(), x));
}

TEST(JsonSchema, HoldsOtherRoutesToStrictJson) {
  for (const Route route : {Route::kResponses, Route::kModerations, Route::kImages, Route::kAudio,
                            Route::kFiles, Route::kBatches}) {
    EXPECT_TRUE(refusal(make(), route, "{\"a\":"));
    EXPECT_FALSE(refusal(make(), route, R"({"input":"anything","voice":1})"));
    EXPECT_FALSE(refusal(make(), route, "")) << "a cancel has no body";
  }
}

TEST(JsonSchema, LeavesFormsAndFilesAlone) {
  for (const char* type : {"multipart/form-data; boundary=b", "Multipart/Form-Data;boundary=b",
                           "application/octet-stream"}) {
    TestExchange x(Route::kAudio, "--b\r\n");
    x.request.headers.set("content-type", type);
    EXPECT_FALSE(refusal(make(), x)) << type;
  }
}

TEST(JsonSchema, KnowsJsonByItsMediaTypeWhateverItsParameters) {
  TestExchange x(Route::kImages, "{");
  x.request.headers.set("content-type", "Application/JSON ; charset=utf-8");
  EXPECT_TRUE(refusal(make(), x));
}

TEST(JsonSchema, WithoutSchemasStillChecksJsonAndFacts) {
  const JsonSchema interceptor = make("request: none");
  EXPECT_FALSE(refusal(interceptor, Route::kChatCompletions, R"({"model":"m","messages":5})"));
  EXPECT_FALSE(refusal(interceptor, Route::kEmbeddings, R"({"model":"m"})"));
  EXPECT_TRUE(refusal(interceptor, Route::kChatCompletions, "{"));
  EXPECT_TRUE(refusal(interceptor, Route::kChatCompletions, R"({"messages":[]})"));
}

}  // namespace
}  // namespace penstock::json_schema::test
