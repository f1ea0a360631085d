// What a model wrote in a whole answer, held to what the request asked for.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/json_schema/answers.h"

namespace penstock::json_schema::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kStructured = "response: structured";
const Usage kUsed{Usage::Origin::kMeasured, 10, 5};

std::string json_object_request() {
  return R"({"model":"m","messages":[{"role":"user","content":"json"}],)"
         R"("response_format":{"type":"json_object"}})";
}

struct Case {
  std::string name;
  std::string request;
  std::string answer;
  std::string verdict;
  std::string message;  // of the refusal; empty: it passes
};

void PrintTo(const Case& given, std::ostream* out) {
  *out << given.name;
}

class StructuredAnswer : public testing::TestWithParam<Case> {};

TEST_P(StructuredAnswer, GetsItsVerdict) {
  const Case& given = GetParam();
  Call call(kStructured, given.request);
  call.then(given.answer, kUsed);
  const Outcome outcome = call.run();
  EXPECT_EQ(outcome.verdict, given.verdict);
  EXPECT_EQ(outcome.usage.output, 5U);
  if (given.message.empty()) {
    EXPECT_EQ(outcome.status, 200) << outcome.error.public_message;
    EXPECT_EQ(outcome.body, given.answer);
  } else {
    EXPECT_EQ(outcome.status, 502);
    EXPECT_EQ(outcome.error.kind, ErrorKind::kUpstreamInvalid);
    EXPECT_FALSE(outcome.error.retry_helps);
    EXPECT_THAT(outcome.error.public_message, HasSubstr(given.message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Content, StructuredAnswer,
    testing::Values(
        Case{"fits", ask(), saying(R"({"a":1})"), "valid", ""},
        Case{"fits with white space", ask(), saying(" {\"a\" : 1}\n"), "valid", ""},
        Case{"wrong type", ask(), saying(R"({"a":"1"})"), "invalid",
             "choices[0].message.content: at a: expected an integer, found a string"},
        Case{"no JSON", ask(), saying("Sure!"), "invalid", "choices[0].message.content: "},
        Case{"fenced", ask(), saying("```json\n{\"a\":1}\n```"), "invalid", "content: "},
        Case{"more behind it", ask(), saying(R"({"a":1} done)"), "invalid", "content: "},
        Case{"unfinished", ask(), saying(R"({"a":1)"), "invalid", "content: "},
        Case{"empty", ask(), saying(""), "invalid", "expected JSON, found no text"},
        Case{"cut short", ask(), saying(R"({"a":1)", "length"), "skipped", ""},
        Case{"cut short, but whole", ask(), saying(R"({"a":1})", "length"), "valid", ""},
        Case{"cut short and wrong", ask(), saying("Sure, h", "length"), "invalid", "content: "},
        Case{"filtered", ask(), saying("", "content_filter"), "skipped", ""},
        Case{"refused", ask(),
             completion({{"role", "assistant"}, {"content", nullptr}, {"refusal", "no"}}),
             "skipped", ""},
        Case{"a list of parts", ask(),
             completion({{"content", json::array({{{"type", "text"}, {"text", "{}"}}})}}),
             "invalid", "expected a text"},
        Case{"no choices", ask(), R"({"choices":[]})", "invalid", "choices: expected at least one"},
        Case{"called instead", ask_tool(R"(,"response_format":{"type":"json_object"})"),
             calling("f", R"({"n":1})"), "valid", ""},
        Case{"object", json_object_request(), saying(R"({"any":[1]})"), "valid", ""},
        Case{"array for object", json_object_request(), saying("[1]"), "invalid",
             "expected an object"},
        Case{"one of two choices", ask(R"(,"n":2)"),
             R"({"choices":[{"index":0,"message":{"content":"{\"a\":1}"}},)"
             R"({"index":1,"message":{"content":"{\"a\":[]}"}}]})",
             "invalid", "choices[1].message.content: at a: "}));

INSTANTIATE_TEST_SUITE_P(
    Calls, StructuredAnswer,
    testing::Values(
        Case{"fits", ask_tool(), calling("f", R"({"n":1})"), "valid", ""},
        Case{"text instead", ask_tool(), saying("hello"), "skipped", ""},
        Case{"wrong type", ask_tool(), calling("f", R"({"n":"1"})"), "invalid",
             "choices[0].message.tool_calls[0].function.arguments: at n: expected an integer"},
        Case{"no JSON", ask_tool(), calling("f", "n=1"), "invalid", "arguments: "},
        Case{"no such function", ask_tool(), calling("g", "{}"), "invalid",
             "tool_calls[0].function.name: the request has no function of this name"},
        Case{"nothing stands for {}", ask_tool(), calling("f", ""), "invalid", "arguments: at n"},
        Case{"cut short", ask_tool(), calling("f", R"({"n":)", "length"), "skipped", ""},
        Case{"legacy function",
             R"({"model":"m","messages":[{"role":"user","content":"a"}],)"
             R"("functions":[{"name":"f","parameters":{"required":["n"]}}]})",
             completion({{"function_call", {{"name", "f"}, {"arguments", "{}"}}}}, "function_call"),
             "invalid", "choices[0].message.function_call.arguments: "},
        Case{"function without parameters",
             R"({"model":"m","messages":[{"role":"user","content":"a"}],)"
             R"("tools":[{"type":"function","function":{"name":"f"}}]})",
             calling("f", ""), "valid", ""},
        Case{"custom tool", ask_tool(),
             completion({{"tool_calls",
                          json::array({{{"id", "1"},
                                        {"type", "custom"},
                                        {"custom", {{"name", "c"}, {"input", "any text"}}}}})}}),
             "skipped", ""}));

TEST(StructuredCheck, LooksAtNothingThatNobodyAskedFor) {
  const std::string request = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
  Call call(kStructured, request);
  call.then("no completion at all");
  const Outcome outcome = call.run();
  EXPECT_EQ(outcome.body, "no completion at all");
  EXPECT_EQ(outcome.verdict, "");
}

TEST(StructuredCheck, RefusesContentThatIsTooLong) {
  Call call("response: {structured: {max_content: 16, retry: 1}}", ask());
  call.then(saying(R"({"a":1})" + std::string(20, ' ')));
  EXPECT_THAT(call.run().error.public_message, HasSubstr("more than max_content, 16 bytes"));
}

struct BadSchema {
  std::string request;
  std::string param;
  std::string code;
};

class UnusableSchema : public testing::TestWithParam<BadSchema> {};

TEST_P(UnusableSchema, IsRefusedBeforeAnybodyPays) {
  Call call(kStructured, GetParam().request);
  const Outcome outcome = call.run();
  EXPECT_EQ(outcome.error.kind, ErrorKind::kInvalidRequest) << outcome.error.public_message;
  EXPECT_EQ(outcome.error.param, GetParam().param);
  EXPECT_EQ(outcome.error.code, GetParam().code);
  EXPECT_THAT(outcome.error.public_message, StartsWith("the schema is not usable: "));
  EXPECT_TRUE(call.requests.empty());
}

std::string with_format_schema(const std::string& schema) {
  return R"({"model":"m","messages":[{"role":"user","content":"a"}],"response_format":{)"
         R"("type":"json_schema","json_schema":{"name":"n","schema":)" +
         schema + "}}}";
}

std::string with_parameters(const std::string& schema) {
  return R"({"model":"m","messages":[{"role":"user","content":"a"}],"tools":[)"
         R"({"type":"custom","custom":{"name":"c"}},)"
         R"({"type":"function","function":{"name":"f","parameters":)" +
         schema + "}}]}";
}

std::string deep(std::size_t levels) {
  std::string text;
  for (std::size_t i = 0; i < levels; ++i) text += R"({"items":)";
  return text + "{}" + std::string(levels, '}');
}

INSTANTIATE_TEST_SUITE_P(
    Table, UnusableSchema,
    testing::Values(BadSchema{with_format_schema(R"({"type":"objekt"})"),
                              "response_format.json_schema.schema", "invalid_json_schema"},
                    BadSchema{with_format_schema(R"({"$ref":"#/$defs/gone"})"),
                              "response_format.json_schema.schema", "invalid_json_schema"},
                    BadSchema{with_format_schema(R"({"$ref":"#"})"),
                              "response_format.json_schema.schema", "invalid_json_schema"},
                    BadSchema{with_format_schema(R"({"$ref":"https://example.com/schema.json"})"),
                              "response_format.json_schema.schema", "invalid_json_schema"},
                    BadSchema{with_format_schema(R"({"pattern":"(a)\\1"})"),
                              "response_format.json_schema.schema", "invalid_json_schema"},
                    BadSchema{with_format_schema(R"({"description":")" + std::string(300'000, 'x') +
                                                 "\"}"),
                              "response_format.json_schema.schema", "invalid_json_schema"},
                    BadSchema{with_parameters(R"({"type":7})"), "tools[1].function.parameters",
                              "invalid_function_parameters"},
                    BadSchema{with_parameters(R"x({"pattern":"(((a{1,99}){1,99}){1,99})"})x"),
                              "tools[1].function.parameters", "invalid_function_parameters"}));

TEST(StructuredCheck, TakesADeepSchemaOfARequest) {
  Call call(kStructured, with_format_schema(deep(40)));
  call.then(saying("[[1]]"));
  EXPECT_EQ(call.run().verdict, "valid");
}

TEST(StructuredCheck, BoundsTheSchemasOfARequestTogether) {
  std::string tools;
  for (int i = 0; i < 9; ++i) {
    tools += (i > 0 ? "," : "") + std::string(R"({"type":"function","function":{"name":"f)") +
             std::to_string(i) + R"(","parameters":{"description":")" + std::string(130'000, 'x') +
             "\"}}}";
  }
  Call call(kStructured,
            R"({"model":"m","messages":[{"role":"user","content":"a"}],"tools":[)" + tools + "]}");
  EXPECT_EQ(call.run().error.param, "tools[8].function.parameters");
}

}  // namespace
}  // namespace penstock::json_schema::test
