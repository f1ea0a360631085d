#include "openai/request_facts.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "json/padded.h"

namespace penstock::openai {
namespace {

Result<RequestFacts> facts_of(std::string_view body, Route route = Route::kChatCompletions) {
  const std::string text = json::padded(body);
  const auto document = json::Document::parse(text);
  EXPECT_TRUE(document) << body;
  return read_facts(*document, route);
}

TEST(RequestFacts, AreReadFromTheBody) {
  const auto facts = facts_of(R"({"messages":[],"stream":true,"model":"org/m:1@x","n":3,
      "stream_options":{"include_usage":true,"include_obfuscation":false},"max_tokens":10})");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->model, "org/m:1@x");
  EXPECT_TRUE(facts->stream);
  EXPECT_TRUE(facts->include_usage);
  EXPECT_EQ(facts->choices, 3U);
  EXPECT_EQ(facts->output_cap, 10U);
  EXPECT_TRUE(facts->target.upstream.empty());
}

TEST(RequestFacts, HaveDefaultsForWhatIsAbsentOrNull) {
  for (const std::string_view body :
       {R"({"model":"m"})", R"({"model":"m","stream":null,"stream_options":null,"n":null,
         "max_tokens":null,"max_completion_tokens":null})",
        R"({"model":"m","Stream":true,"N":5,"MAX_TOKENS":1})"}) {
    const auto facts = facts_of(body);
    ASSERT_TRUE(facts) << body;
    EXPECT_FALSE(facts->stream);
    EXPECT_FALSE(facts->include_usage);
    EXPECT_EQ(facts->choices, 1U);
    EXPECT_EQ(facts->output_cap, std::nullopt);
  }
}

TEST(RequestFacts, TakeTheLargestOutputCap) {
  EXPECT_EQ(facts_of(R"({"model":"m","max_tokens":5,"max_completion_tokens":7})")->output_cap, 7U);
  EXPECT_EQ(facts_of(R"({"model":"m","max_tokens":9,"max_completion_tokens":7})")->output_cap, 9U);
  EXPECT_EQ(facts_of(R"({"model":"m","max_output_tokens":16.0})", Route::kResponses)->output_cap,
            16U);
  EXPECT_EQ(facts_of(R"({"model":"m","max_tokens":0})", Route::kCompletions)->output_cap, 0U);
}

TEST(RequestFacts, CountTheChoicesOfEachPromptOfALegacyCompletion) {
  struct {
    const char* prompt;
    std::uint32_t choices;
  } const cases[] = {{R"("a")", 2},  {R"(["a","b","c"])", 6},
                     {"[1,2,3]", 2}, {"[[1,2],[3]]", 4},
                     {"[]", 2},      {"null", 2}};
  for (const auto& [prompt, choices] : cases) {
    const std::string body = R"({"model":"m","n":2,"prompt":)" + std::string(prompt) + "}";
    EXPECT_EQ(facts_of(body, Route::kCompletions)->choices, choices) << prompt;
    EXPECT_EQ(facts_of(body, Route::kChatCompletions)->choices, 2U) << prompt;
  }
}

TEST(RequestFacts, NeedAModelWhereTheRouteDoes) {
  for (const Route route : {Route::kChatCompletions, Route::kCompletions, Route::kEmbeddings,
                            Route::kAudio, Route::kResponses}) {
    EXPECT_FALSE(facts_of("{}", route)) << to_string(route);
  }
  for (const Route route : {Route::kModerations, Route::kImages, Route::kBatches}) {
    const auto facts = facts_of("{}", route);
    ASSERT_TRUE(facts) << to_string(route);
    EXPECT_EQ(facts->model, "");
  }
  EXPECT_TRUE(facts_of(R"({"prompt":{"id":"p"}})", Route::kResponses));
  EXPECT_FALSE(facts_of(R"({"prompt":"p"})", Route::kCompletions));
}

struct Refusal {
  const char* name;
  std::string body;
  std::string message;
  std::string param;
  std::string code;
};

void PrintTo(const Refusal& refusal, std::ostream* out) {
  *out << refusal.name;
}

class Refusals : public testing::TestWithParam<Refusal> {};

TEST_P(Refusals, NameTheFieldTheRuleAndTheFind) {
  const auto& [name, body, message, param, code] = GetParam();
  const auto facts = facts_of(body);
  ASSERT_FALSE(facts);
  EXPECT_EQ(describe(facts.error().kind).status, 400);
  EXPECT_EQ(facts.error().public_message, message);
  EXPECT_EQ(facts.error().param, param);
  EXPECT_EQ(facts.error().code, code);
}

Refusal type(const char* name, std::string body, std::string message, std::string param) {
  return {name, std::move(body), std::move(message), std::move(param), "invalid_type"};
}

Refusal value(const char* name, std::string body, std::string message, std::string param) {
  return {name, std::move(body), std::move(message), std::move(param), "invalid_value"};
}

std::string with(std::string_view members) {
  return R"({"model":"m",)" + std::string(members) + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Facts, Refusals,
    testing::Values(
        type("ArrayBody", "[]", "the body must be a JSON object, but it is an array", ""),
        type("TextBody", "\"x\"", "the body must be a JSON object, but it is a string", ""),
        type("NullBody", "null", "the body must be a JSON object, but it is null", ""),
        Refusal{"NoModel", "{}", "`model` must be a string, but it is missing", "model",
                "missing_required_parameter"},
        Refusal{"NullModel", R"({"model":null})", "`model` must be a string, but it is missing",
                "model", "missing_required_parameter"},
        type("NumberForAModel", R"({"model":4})", "`model` must be a string, but it is a number",
             "model"),
        type("ObjectForAModel", R"({"model":{}})", "`model` must be a string, but it is an object",
             "model"),
        value("EmptyModel", R"({"model":""})", "`model` must not be empty", "model"),
        value("LongModel", R"({"model":")" + std::string(257, 'm') + "\"}",
              "`model` must be at most 256 bytes, but it has 257", "model"),
        value("ModelWithALineEnd", R"({"model":"a\nb"})",
              "`model` must not hold control characters", "model"),
        value("ModelWithNul", R"({"model":"a\u0000"})", "`model` must not hold control characters",
              "model"),
        value("ModelWithDelete", R"({"model":"a\u007f"})",
              "`model` must not hold control characters", "model"),
        value("TwoModels", R"({"model":"a","mod\u0065l":"b"})", "`model` is given twice", "model"),
        value("TwoModelsOneNull", R"({"model":"a","model":null})", "`model` is given twice",
              "model"),
        value("TwoStreams", with(R"("stream":true,"stream":false)"), "`stream` is given twice",
              "stream"),
        value("TwoMessages", with(R"("messages":[],"messages":[])"), "`messages` is given twice",
              "messages"),
        type("TextForStream", with(R"("stream":"true")"),
             "`stream` must be a boolean, but it is a string", "stream"),
        type("NumberForStream", with(R"("stream":1)"),
             "`stream` must be a boolean, but it is a number", "stream"),
        type("TextForStreamOptions", with(R"("stream":true,"stream_options":"x")"),
             "`stream_options` must be an object, but it is a string", "stream_options"),
        value("StreamOptionsWithoutStream", with(R"("stream_options":{"include_usage":true})"),
              "`stream_options` is allowed only where `stream` is true", "stream_options"),
        value("EmptyStreamOptionsWithoutStream", with(R"("stream":false,"stream_options":{})"),
              "`stream_options` is allowed only where `stream` is true", "stream_options"),
        type("NumberForIncludeUsage", with(R"("stream":true,"stream_options":{"include_usage":1})"),
             "`stream_options.include_usage` must be a boolean, but it is a number",
             "stream_options.include_usage"),
        value(
            "TwoIncludeUsages",
            with(R"("stream":true,"stream_options":{"include_usage":true,"include_usage":false})"),
            "`stream_options.include_usage` is given twice", "stream_options.include_usage"),
        type("TextForN", with(R"("n":"1")"), "`n` must be an integer, but it is a string", "n"),
        value("NoChoice", with(R"("n":0)"), "`n` must be an integer from 1 to 128, but it is 0",
              "n"),
        value("NegativeN", with(R"("n":-1)"), "`n` must be an integer from 1 to 128, but it is -1",
              "n"),
        value("FractionForN", with(R"("n":1.5)"),
              "`n` must be an integer from 1 to 128, but it is 1.5", "n"),
        value("TooManyChoices", with(R"("n":129)"),
              "`n` must be an integer from 1 to 128, but it is 129", "n"),
        type("BooleanForACap", with(R"("max_tokens":true)"),
             "`max_tokens` must be an integer, but it is a boolean", "max_tokens"),
        value("NegativeCap", with(R"("max_completion_tokens":-1)"),
              "`max_completion_tokens` must be an integer from 0 to 1099511627776, but it is -1",
              "max_completion_tokens"),
        value("HugeCap", with(R"("max_output_tokens":18446744073709551615)"),
              "`max_output_tokens` must be an integer from 0 to 1099511627776, but it is "
              "18446744073709551615",
              "max_output_tokens")),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace penstock::openai
