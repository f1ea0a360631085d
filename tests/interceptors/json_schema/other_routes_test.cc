#include <string>

#include <gtest/gtest.h>

#include "interceptors/json_schema/fixture.h"

namespace penstock::json_schema::test {
namespace {

std::string completion(const std::string& fields) {
  return R"({"model":"m","prompt":"p")" + (fields.empty() ? "" : "," + fields) + "}";
}

TEST(CompletionsSchema, TakesTheFormsOfAPrompt) {
  const JsonSchema interceptor = make();
  for (const char* prompt : {R"("a")", R"(["a","b"])", "[1,2]", "[[1],[2,3]]", "null", R"("")"}) {
    expect_passed(interceptor, Route::kCompletions,
                  std::string(R"({"model":"m","prompt":)") + prompt + "}");
  }
  for (const char* fields :
       {R"("max_tokens":0,"n":2,"best_of":3,"echo":true,"logprobs":5,"suffix":null)",
        R"("stop":["a"],"stream":true,"stream_options":{"include_usage":true},"seed":1)",
        R"("temperature":0,"top_p":1,"presence_penalty":-2,"frequency_penalty":2)",
        R"("logit_bias":{"1":1},"user":"u","unknown":1)"}) {
    expect_passed(interceptor, Route::kCompletions, completion(fields));
  }
}

TEST(CompletionsSchema, RefusesWhatIsOutOfRange) {
  const JsonSchema interceptor = make();
  for (const Refused& refused : {
           Refused{R"({"prompt":"p"})", "model", "missing_required_parameter"},
           Refused{R"({"model":"m"})", "prompt", "missing_required_parameter"},
           Refused{R"({"model":"m","prompt":1})", "prompt", "invalid_type"},
           Refused{R"({"model":"m","prompt":[]})", "prompt", "empty_array"},
           Refused{R"({"model":"m","prompt":[-1]})", "prompt[0]", "integer_below_min_value"},
           Refused{R"({"model":"m","prompt":[{}]})", "prompt[0]", "invalid_type"},
           Refused{R"({"model":"m","prompt":[[]]})", "prompt[0]", "empty_array"},
           Refused{R"({"model":"m","prompt":[["a"]]})", "prompt[0][0]", "invalid_type"},
           Refused{completion(R"("max_tokens":-1)"), "max_tokens", "integer_below_min_value"},
           Refused{completion(R"("logprobs":6)"), "logprobs", "integer_above_max_value"},
           Refused{completion(R"("logprobs":true)"), "logprobs", "invalid_type"},
           Refused{completion(R"("best_of":21)"), "best_of", "integer_above_max_value"},
           Refused{completion(R"("n":0)"), "n", "integer_below_min_value"},
           Refused{completion(R"("echo":1)"), "echo", "invalid_type"},
           Refused{completion(R"("suffix":1)"), "suffix", "invalid_type"},
           Refused{completion(R"("stop":[])"), "stop", "empty_array"},
           Refused{completion(R"("temperature":3)"), "temperature", "decimal_above_max_value"},
           Refused{completion(R"("top_p":-1)"), "top_p", "decimal_below_min_value"},
           Refused{completion(R"("logit_bias":{"a":1})"), "logit_bias.a", "invalid_value"},
           Refused{completion(R"("stream_options":{})"), "stream_options", "invalid_value"},
           Refused{completion(R"("user":1)"), "user", "invalid_type"},
       }) {
    expect_refused(interceptor, Route::kCompletions, refused);
  }
}

TEST(EmbeddingsSchema, TakesTheFormsOfAnInput) {
  const JsonSchema interceptor = make();
  for (const char* fields :
       {R"("input":"a")", R"("input":["a","b"])", R"("input":[1,2])", R"("input":[[1],[2,3]])",
        R"("input":"a","encoding_format":"base64","dimensions":256,"user":"u","unknown":1)"}) {
    expect_passed(interceptor, Route::kEmbeddings, std::string(R"({"model":"m",)") + fields + "}");
  }
}

TEST(EmbeddingsSchema, CountsTextsButNotTokens) {
  const JsonSchema interceptor = make();
  const auto inputs = [](const std::string& item) {
    std::string list = item;
    for (int i = 1; i < 2049; ++i) list += "," + item;
    return R"({"model":"m","input":[)" + list + "]}";
  };
  expect_passed(interceptor, Route::kEmbeddings, inputs("7"));
  expect_refused(interceptor, Route::kEmbeddings,
                 {inputs(R"("a")"), "input", "array_above_max_length"});
}

TEST(EmbeddingsSchema, RefusesWhatIsOutOfRange) {
  const JsonSchema interceptor = make();
  for (const Refused& refused : {
           Refused{R"({"input":"a"})", "model", "missing_required_parameter"},
           Refused{R"({"model":"m"})", "input", "missing_required_parameter"},
           Refused{R"({"model":"m","input":null})", "input", "invalid_type"},
           Refused{R"({"model":"m","input":""})", "input", "string_below_min_length"},
           Refused{R"({"model":"m","input":[]})", "input", "empty_array"},
           Refused{R"({"model":"m","input":[""]})", "input[0]", "string_below_min_length"},
           Refused{R"({"model":"m","input":[null]})", "input[0]", "invalid_type"},
           Refused{R"({"model":"m","input":[1.5]})", "input[0]", "invalid_type"},
           Refused{R"({"model":"m","input":"a","dimensions":0})", "dimensions",
                   "integer_below_min_value"},
           Refused{R"({"model":"m","input":"a","encoding_format":"hex"})", "encoding_format",
                   "invalid_value"},
           Refused{R"({"model":"m","input":"a","user":1})", "user", "invalid_type"},
       }) {
    expect_refused(interceptor, Route::kEmbeddings, refused);
  }
}

}  // namespace
}  // namespace penstock::json_schema::test
