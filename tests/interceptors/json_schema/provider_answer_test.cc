// What counts as a well-formed answer of a provider.

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/json_schema/answers.h"
#include "interceptors/json_schema/well_formed.h"
#include "json/padding.h"

namespace penstock::json_schema::test {
namespace {

using testing::HasSubstr;

constexpr const char* kProvider = "response: provider";
const std::string kPlain = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";

enum class Form { kWhole, kChunk };

std::optional<Fault> fault_of(Route route, Form form, std::string text) {
  static const WellFormed well_formed;
  penstock::json::reserve_padding(text);
  const auto document = penstock::json::Document::parse(text);
  EXPECT_TRUE(document) << text;
  if (!document) return std::nullopt;
  return form == Form::kWhole ? well_formed.check_answer(route, *document)
                              : well_formed.check_chunk(route, *document);
}

struct Case {
  Route route;
  Form form;
  std::string text;
  std::string where;  // of the fault; "-": there is none
};

class ProviderAnswer : public testing::TestWithParam<Case> {};

TEST_P(ProviderAnswer, IsWellFormedOrNot) {
  const Case& given = GetParam();
  const auto fault = fault_of(given.route, given.form, given.text);
  EXPECT_EQ(fault ? fault->where : "-", given.where) << (fault ? fault->what : given.text);
}

constexpr Route kChat = Route::kChatCompletions;
INSTANTIATE_TEST_SUITE_P(
    Chat, ProviderAnswer,
    testing::Values(
        Case{kChat, Form::kWhole, saying("hi"), "-"},
        Case{kChat, Form::kWhole, calling("f", "{}"), "-"},
        Case{kChat, Form::kWhole, R"({"choices":[{"message":{"content":"hi"},"new":1}],"new":{}})",
             "-"},
        Case{kChat, Form::kWhole,
             R"({"choices":[{"message":{"tool_calls":[{"id":"1",)"
             R"("type":"custom","custom":{"name":"f","input":"x"}}]}}]})",
             "-"},
        Case{kChat, Form::kWhole, "{}", "choices"}, Case{kChat, Form::kWhole, "[]", ""},
        Case{kChat, Form::kWhole, R"({"choices":[]})", "choices"},
        Case{kChat, Form::kWhole, R"({"choices":{}})", "choices"},
        Case{kChat, Form::kWhole, R"({"choices":[{"text":"hi"}]})", "choices[0].message"},
        Case{kChat, Form::kWhole, R"({"choices":[{"message":{"content":1}}]})",
             "choices[0].message.content"},
        Case{kChat, Form::kWhole, R"({"choices":[{"message":{},"finish_reason":1}]})",
             "choices[0].finish_reason"},
        Case{kChat, Form::kWhole, R"({"choices":[{"index":-1,"message":{}}]})", "choices[0].index"},
        Case{
            kChat, Form::kWhole,
            R"({"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":{}}}]}}]})",
            "choices[0].message.tool_calls[0].function.arguments"},
        Case{kChat, Form::kWhole, R"({"choices":[{"message":{}}],"usage":{"prompt_tokens":-1}})",
             "usage.prompt_tokens"}));
INSTANTIATE_TEST_SUITE_P(
    ChatChunks, ProviderAnswer,
    testing::Values(
        Case{kChat, Form::kChunk, R"({"choices":[{"index":0,"delta":{"content":"a"}}]})", "-"},
        Case{kChat, Form::kChunk, R"({"choices":[],"usage":{"prompt_tokens":1}})", "-"},
        Case{kChat, Form::kChunk,
             R"({"choices":[{"delta":{"tool_calls":[{"index":0,)"
             R"("function":{"arguments":"{"}}]},"finish_reason":null}]})",
             "-"},
        Case{kChat, Form::kChunk, R"({"object":"chat.completion.chunk"})", "choices"},
        Case{kChat, Form::kChunk, R"({"choices":[{"delta":"hi"}]})", "choices[0].delta"},
        Case{kChat, Form::kChunk, R"({"choices":[{"delta":{"content":true}}]})",
             "choices[0].delta.content"},
        Case{kChat, Form::kChunk, R"({"choices":[{"delta":{"tool_calls":{}}}]})",
             "choices[0].delta.tool_calls"}));
INSTANTIATE_TEST_SUITE_P(
    OtherRoutes, ProviderAnswer,
    testing::Values(
        Case{Route::kCompletions, Form::kWhole, R"({"choices":[{"text":"hi"}]})", "-"},
        Case{Route::kCompletions, Form::kChunk, R"({"choices":[{"text":1}]})", "choices[0].text"},
        Case{Route::kCompletions, Form::kWhole, R"({"choices":[{"message":{}}]})",
             "choices[0].text"},
        Case{Route::kEmbeddings, Form::kWhole, R"({"data":[{"embedding":[0.5,-1]}]})", "-"},
        Case{Route::kEmbeddings, Form::kWhole, R"({"data":[{"embedding":"AAAA"}]})", "-"},
        Case{Route::kEmbeddings, Form::kWhole, R"({"data":[{"embedding":[null]}]})",
             "data[0].embedding[0]"},
        Case{Route::kEmbeddings, Form::kWhole, R"({"data":[]})", "data"}));

TEST(ProviderCheck, PassesAWellFormedAnswerUntouched) {
  Call call(kProvider, kPlain);
  call.then(saying("hi"), {Usage::Origin::kMeasured, 3, 1});
  const Outcome outcome = call.run();
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.body, saying("hi"));
  EXPECT_EQ(outcome.verdict, "valid");
  EXPECT_EQ(outcome.usage.input, 3U);
}

TEST(ProviderCheck, RefusesAnAnswerAndAccountsForIt) {
  Call call(kProvider, kPlain);
  call.then(R"({"choices":[{"message":{"content":7}}]})", {Usage::Origin::kMeasured, 3, 1});
  const Outcome outcome = call.run();
  EXPECT_EQ(outcome.status, 502);
  EXPECT_EQ(outcome.error.kind, ErrorKind::kUpstreamInvalid);
  EXPECT_THAT(outcome.error.public_message,
              HasSubstr("not well formed: choices[0].message.content: expected"));
  EXPECT_TRUE(outcome.error.retry_helps);
  EXPECT_EQ(outcome.verdict, "invalid");
  EXPECT_EQ(outcome.usage.output, 1U);
}

TEST(ProviderCheck, WantsAStreamWhereOneWasAskedFor) {
  Call call(kProvider, R"({"model":"m","stream":true,"messages":[{"role":"user","content":"a"}]})");
  call.then(saying("hi"));
  EXPECT_THAT(call.run().error.public_message, HasSubstr("a stream was asked for"));
}

TEST(ProviderCheck, LeavesErrorsOfTheProviderAlone) {
  Call call(kProvider, kPlain);
  call.then([](Exchange&) { return penstock::test::reply(429, R"({"error":{}})"); });
  const Outcome outcome = call.run();
  EXPECT_EQ(outcome.status, 429);
  EXPECT_FALSE(outcome.broke);
}

TEST(ProviderCheck, LeavesOtherRoutesAlone) {
  const JsonSchema interceptor = make(kProvider);
  TestExchange x(Route::kModerations, R"({"input":"x"})");
  const auto r = penstock::test::run(interceptor, x, [](Exchange&) -> Result<Response> {
    return penstock::test::reply(200, "[]");
  });
  EXPECT_EQ(r->body.whole(), "[]");
  for (const auto& remark : x.known_remarks()->all()) EXPECT_NE(remark.name, "response_verdict");
}

Route route_of(const std::string& path) {
  if (path.ends_with("/chat/completions")) return kChat;
  if (path.ends_with("/completions")) return Route::kCompletions;
  return path.ends_with("/embeddings") ? Route::kEmbeddings : Route::kModels;
}

// Answers as the provider gave them, see the README of the corpora.
TEST(ProviderCheck, TakesEveryRecordedAnswer) {
  const char* corpora = std::getenv("PENSTOCK_CORPORA");
  if (corpora == nullptr) GTEST_SKIP() << "PENSTOCK_CORPORA is not set";
  int checked = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(std::filesystem::path(corpora) / "openai/cassettes")) {
    std::ifstream input(file.path());
    const json row = json::parse(input);
    const std::string path = row["request"]["path"];
    const std::string body = row["response"]["body"];
    if (row["response"]["status"] != 200 || body.starts_with("data:")) continue;
    const Route route = route_of(path);
    if (route == Route::kModels) continue;
    const auto fault = fault_of(route, Form::kWhole, body);
    EXPECT_FALSE(fault) << file.path() << ": " << fault->where << ": " << fault->what;
    ++checked;
  }
  EXPECT_GE(checked, 20);
}

}  // namespace
}  // namespace penstock::json_schema::test
