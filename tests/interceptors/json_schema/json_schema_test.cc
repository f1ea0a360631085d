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
  for (const Route route : {Route::kImages, Route::kAudio, Route::kFiles, Route::kBatches}) {
    EXPECT_TRUE(refusal(make(), route, "{\"a\":"));
    EXPECT_FALSE(refusal(make(), route, R"({"input":"anything","voice":1})"));
    EXPECT_FALSE(refusal(make(), route, "")) << "a cancel has no body";
  }
}

TEST(JsonSchema, HoldsRequestsBelowAResponseToNoShape) {
  for (const char* path : {"/responses/resp_1/cancel", "/responses/input_tokens"}) {
    for (const bool passes : {true, false}) {
      TestExchange x(Route::kResponses, passes ? R"({"input":5})" : "{");
      x.request.path = path;
      EXPECT_EQ(refusal(make(), x).has_value(), !passes) << path;
    }
    TestExchange empty(Route::kResponses);
    empty.request.path = path;
    EXPECT_FALSE(refusal(make(), empty)) << path;
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

constexpr const char* kMisfit = R"({"model":"m","messages":[]})";

/// The remark of that name; empty where there is none.
std::string remark(const Exchange& x, std::string_view name) {
  if (!x.known_remarks()) return {};
  for (const Remarks::Remark& each : x.known_remarks()->all()) {
    if (each.name == name) return each.text;
  }
  return {};
}

/// What is left for the log, and whether the request passed.
struct Seen {
  bool passed;
  std::string verdict;
  std::string violation;
  std::string param;
};

Seen see(const JsonSchema& interceptor, Exchange& x) {
  const bool passed = !refusal(interceptor, x);
  return {passed, remark(x, "request_verdict"), remark(x, "request_violation"),
          remark(x, "request_violation_param")};
}

Seen see(const JsonSchema& interceptor, Route route, std::string body) {
  TestExchange x(route, std::move(body));
  return see(interceptor, x);
}

TEST(JsonSchema, LeavesAVerdictForTheLog) {
  const JsonSchema interceptor = make("also: [{schema: false, routes: [images]}]");
  const auto verdict = [&](Route route, std::string body) {
    return see(interceptor, route, std::move(body)).verdict;
  };
  EXPECT_EQ(verdict(Route::kChatCompletions, kGood), "valid");
  EXPECT_EQ(verdict(Route::kChatCompletions, kMisfit), "invalid");
  EXPECT_EQ(verdict(Route::kChatCompletions, "{"), "invalid");
  EXPECT_EQ(verdict(Route::kImages, "{}"), "invalid");
  EXPECT_EQ(verdict(Route::kAudio, "{}"), "skipped");
  EXPECT_EQ(verdict(Route::kBatches, ""), "") << "there was nothing to look at";

  TestExchange form(Route::kFiles, "--b\r\n");
  form.request.headers.set("content-type", "multipart/form-data; boundary=b");
  EXPECT_EQ(see(interceptor, form).verdict, "skipped");
}

TEST(JsonSchema, LeavesTheWordsToTheErrorWhereItRefuses) {
  const Seen seen = see(make(), Route::kChatCompletions, kMisfit);
  EXPECT_FALSE(seen.passed);
  EXPECT_EQ(seen.violation, "");
}

TEST(JsonSchema, ReportsAndPassesWhereItIsToldTo) {
  const JsonSchema interceptor = make("mode: report");
  const Seen seen = see(interceptor, Route::kChatCompletions, kMisfit);
  EXPECT_TRUE(seen.passed);
  EXPECT_EQ(seen.verdict, "invalid");
  EXPECT_EQ(seen.param, "messages");
  EXPECT_EQ(seen.violation,
            "invalid value for messages: expected a non-empty array, found an empty array");
  EXPECT_EQ(see(interceptor, Route::kChatCompletions, kGood).verdict, "valid");
}

TEST(JsonSchema, RefusesWhatTheGatewayCannotReadEvenWhereItOnlyReports) {
  const JsonSchema interceptor = make("mode: report");
  for (const char* body : {"{", R"({"messages":[]})", R"({"model":"m","messages":[],"n":0})"}) {
    const Seen seen = see(interceptor, Route::kChatCompletions, body);
    EXPECT_FALSE(seen.passed) << body;
    EXPECT_EQ(seen.verdict, "invalid") << body;
  }
}

TEST(JsonSchema, CountsItsVerdicts) {
  Metrics counted;
  config::Diagnostics diagnostics;
  const JsonSchema enforcing({}, counted);
  const JsonSchema reporting(
      parse_options(*config::parse_yaml("mode: report", "", diagnostics), diagnostics), counted);
  // In turns: each counts into cells of its own.
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(see(enforcing, Route::kImages, "{}").passed);
    EXPECT_FALSE(see(enforcing, Route::kImages, "{").passed);
    EXPECT_TRUE(see(reporting, Route::kChatCompletions, kGood).passed);
    EXPECT_TRUE(see(reporting, Route::kChatCompletions, kMisfit).passed);
  }
  const std::string text = counted.to_text();
  const std::string name = R"(penstock_schema_verdicts_total{side="request",verdict=)";
  EXPECT_THAT(text, HasSubstr(name + R"("skipped",mode="enforce"} 3)"));
  EXPECT_THAT(text, HasSubstr(name + R"("invalid",mode="enforce"} 3)"));
  EXPECT_THAT(text, HasSubstr(name + R"("valid",mode="report"} 3)"));
  EXPECT_THAT(text, HasSubstr(name + R"("invalid",mode="report"} 3)"));
}

TEST(JsonSchemaCodes, NameAMemberThatIsNotAllowed) {
  for (const std::string keyword : {"additionalProperties", "unevaluatedProperties"}) {
    const JsonSchema interceptor =
        make("also: [{schema: {properties: {model: true, messages: true}, " + keyword +
             ": false}, routes: [chat_completions]}]");
    expect_refused(interceptor, Route::kChatCompletions,
                   {R"({"model":"m","messages":[{"role":"user","content":"a"}],"shade":1})",
                    "shade", "unknown_parameter"});
  }
}

}  // namespace
}  // namespace penstock::json_schema::test
