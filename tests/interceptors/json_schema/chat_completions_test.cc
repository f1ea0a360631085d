#include <string>

#include <gtest/gtest.h>

#include "interceptors/json_schema/fixture.h"

namespace penstock::json_schema::test {
namespace {

const JsonSchema& builtin() {
  static const JsonSchema interceptor = make();
  return interceptor;
}

const std::string kUser = R"({"role":"user","content":"hi"})";

/// A request with one field more.
std::string with(const std::string& field, const std::string& value) {
  return R"({"model":"m","messages":[)" + kUser + R"(],")" + field + "\":" + value + "}";
}

/// A request with this one message.
std::string saying(const std::string& message) {
  return R"({"model":"m","messages":[)" + message + "]}";
}

/// A request with this one content part of a message with that role.
std::string part(const std::string& content_part, const std::string& role = "user") {
  return saying(R"({"role":")" + role + R"(","content":[)" + content_part + "]}");
}

std::string tool(const std::string& definition) {
  return with("tools", "[" + definition + "]");
}

std::string quoted(std::size_t size) {
  return "\"" + std::string(size, 'x') + "\"";
}

std::string list_of(const std::string& item, std::size_t count) {
  std::string list = "[" + item;
  for (std::size_t i = 1; i < count; ++i) list += "," + item;
  return list + "]";
}

std::string map_of(const std::string& value, std::size_t count) {
  std::string map = "{";
  for (std::size_t i = 0; i < count; ++i) {
    map += (i > 0 ? ",\"" : "\"") + std::to_string(i) + "\":" + value;
  }
  return map + "}";
}

// Rules of a single field: the good values, and the bad ones with their code.
struct Bad {
  std::string value;
  std::string code;
  std::string below = "";  // the rest of the path, below the field
};
struct Field {
  std::string name;
  std::vector<std::string> good;
  std::vector<Bad> bad;
};

void PrintTo(const Field& field, std::ostream* out) {
  *out << field.name;
}

class ChatField : public testing::TestWithParam<Field> {};

TEST_P(ChatField, TakesTheGoodAndRefusesTheBad) {
  const Field& field = GetParam();
  for (const std::string& value : field.good) {
    expect_passed(builtin(), Route::kChatCompletions, with(field.name, value));
  }
  for (const Bad& bad : field.bad) {
    expect_refused(builtin(), Route::kChatCompletions,
                   {with(field.name, bad.value), field.name + bad.below, bad.code});
  }
}

const char* const kType = "invalid_type";
const char* const kValue = "invalid_value";
const char* const kMissing = "missing_required_parameter";

Field flag(const std::string& name) {
  return {name, {"true", "false", "null"}, {{"1", kType}}};
}

Field open_text(const std::string& name) {
  return {name, {R"("anything")", "null"}, {{"1", kType}, {"{}", kType}}};
}

Field token_cap(const std::string& name) {
  return {name,
          {"1", "1.0", "2147483647", "null"},
          {{"0", "integer_below_min_value"},
           {"2147483648", "integer_above_max_value"},
           {"1.5", kType},
           {R"("10")", kType}}};
}

Field penalty(const std::string& name) {
  return {
      name,
      {"-2", "0", "2.0", "null"},
      {{"-2.1", "decimal_below_min_value"}, {"2.1", "decimal_above_max_value"}, {"true", kType}}};
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, ChatField,
    testing::Values(
        token_cap("max_tokens"), token_cap("max_completion_tokens"), penalty("presence_penalty"),
        penalty("frequency_penalty"),
        Field{"temperature",
              {"0", "0.7", "2", "null"},
              {{"-0.1", "decimal_below_min_value"},
               {"2.01", "decimal_above_max_value"},
               {R"("0.7")", kType}}},
        Field{
            "top_p",
            {"0", "1", "null"},
            {{"-1", "decimal_below_min_value"}, {"1.5", "decimal_above_max_value"}, {"[]", kType}}},
        Field{"top_k", {"40", "-1", "null"}, {{R"("40")", kType}}},
        Field{
            "n",
            {"1", "128", "null"},
            {{"0", "integer_below_min_value"}, {"129", "integer_above_max_value"}, {"1.5", kType}}},
        Field{"top_logprobs",
              {"0", "20", "null"},
              {{"-1", "integer_below_min_value"}, {"21", "integer_above_max_value"}}},
        Field{"seed",
              {"-9223372036854775808", "9223372036854775807", "null"},
              {{"9223372036854775808", "integer_above_max_value"},
               {"-1e19", "integer_below_min_value"},
               {"0.5", kType}}},
        Field{"logit_bias",
              {"null", "{}", R"({"50256":-100,"7":1.5})", map_of("0", 1024)},
              {{R"({"50256":101})", "decimal_above_max_value", ".50256"},
               {R"({"50256":-101})", "decimal_below_min_value", ".50256"},
               {R"({"50256":"1"})", kType, ".50256"},
               {R"({"hello":1})", kValue, ".hello"},
               {R"({"12345678901":1})", kValue, ".12345678901"},
               {map_of("0", 1025), "object_above_max_properties"},
               {"[]", kType}}}));

INSTANTIATE_TEST_SUITE_P(
    Texts, ChatField,
    testing::Values(flag("stream"), flag("logprobs"), flag("store"), open_text("reasoning_effort"),
                    open_text("verbosity"), open_text("service_tier"),
                    open_text("prompt_cache_key"), open_text("prompt_cache_retention"),
                    Field{"parallel_tool_calls", {"true", "false"}, {{"null", kType}}},
                    Field{"user", {R"("u1")", R"("")"}, {{"null", kType}, {"1", kType}}},
                    Field{"safety_identifier",
                          {"null", quoted(64)},
                          {{quoted(65), "string_above_max_length"}, {"1", kType}}},
                    Field{"stop",
                          {"null", R"("END")", R"(["a"])", list_of(R"("a")", 4)},
                          {{"[]", "empty_array"},
                           {list_of(R"("a")", 5), "array_above_max_length"},
                           {"[1]", kType, "[0]"},
                           {"1", kType}}},
                    Field{"modalities",
                          {"null", R"(["text","audio"])"},
                          {{R"("text")", kType},
                           {"[1]", kType, "[0]"},
                           {list_of(R"("a")", 17), "array_above_max_length"}}}));

INSTANTIATE_TEST_SUITE_P(
    Objects, ChatField,
    testing::Values(
        Field{"metadata",
              {"null", "{}", map_of(quoted(512), 16), "{" + quoted(64) + R"(:""})"},
              {{map_of(R"("")", 17), "object_above_max_properties"},
               {R"({"a":1})", kType, ".a"},
               {R"({"a":)" + quoted(513) + "}", "string_above_max_length", ".a"},
               {"{" + quoted(65) + R"(:""})", kValue, "." + std::string(65, 'x')}}},
        Field{"stream_options",
              {"null"},
              {{"[]", kType},
               {R"({"include_usage":1})", kType, ".include_usage"},
               {R"({"include_obfuscation":"no"})", kType, ".include_obfuscation"}}},
        Field{"audio",
              {"null", R"({"voice":"alloy","format":"mp3"})",
               R"({"voice":{"id":"v"},"format":"wav"})"},
              {{R"({"format":"mp3"})", kMissing, ".voice"},
               {R"({"voice":"alloy"})", kMissing, ".format"},
               {R"({"voice":"","format":"mp3"})", "string_below_min_length", ".voice"},
               {R"({"voice":1,"format":"mp3"})", kType, ".voice"}}},
        Field{"prediction",
              {"null", R"({"type":"content","content":"a"})",
               R"({"type":"content","content":[{"type":"text","text":"a"}]})"},
              {{R"({"type":"other","content":"a"})", kValue, ".type"},
               {R"({"type":"content"})", kMissing, ".content"},
               {R"({"type":"content","content":null})", kType, ".content"}}},
        Field{"prompt_cache_options", {"null", R"({"mode":"implicit"})"}, {{"1", kType}}},
        Field{"moderation", {"null", R"({"model":"omni"})"}, {{"true", kType}}},
        Field{"web_search_options",
              {"{}", R"({"search_context_size":"low","user_location":null})"},
              {{"null", kType},
               {R"({"search_context_size":1})", kType, ".search_context_size"},
               {R"({"user_location":"here"})", kType, ".user_location"}}},
        Field{"response_format",
              {R"({"type":"text"})", R"({"type":"json_object"})",
               R"({"type":"json_schema","json_schema":{"name":"n","strict":null,"schema":{}}})"},
              {{"null", kType},
               {R"("text")", kType},
               {"{}", kMissing, ".type"},
               {R"({"type":"yaml"})", kValue, ".type"},
               {R"({"type":"json_schema"})", kMissing, ".json_schema"},
               {R"({"type":"json_schema","json_schema":{}})", kMissing, ".json_schema.name"},
               {R"({"type":"json_schema","json_schema":{"name":"n","schema":"s"}})", kType,
                ".json_schema.schema"},
               {R"({"type":"json_schema","json_schema":{"name":"n","strict":"yes"}})", kType,
                ".json_schema.strict"}}}));

INSTANTIATE_TEST_SUITE_P(
    Tools, ChatField,
    testing::Values(
        Field{"tools",
              {"[]"},
              {{"null", kType},
               {"{}", kType},
               {list_of(R"({"type":"function","function":{"name":"f"}})", 1025),
                "array_above_max_length"}}},
        Field{"tool_choice",
              {R"("none")", R"("auto")", R"("required")",
               R"({"type":"function","function":{"name":"f"}})",
               R"({"type":"custom","custom":{"name":"f"}})",
               R"({"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{}]}})"},
              {{R"("always")", kValue},
               {"1", kType},
               {"null", kType},
               {"{}", kMissing, ".type"},
               {R"({"type":"tool"})", kValue, ".type"},
               {R"({"type":"function"})", kMissing, ".function"},
               {R"({"type":"function","function":{}})", kMissing, ".function.name"},
               {R"({"type":"function","function":{"name":""}})", "string_below_min_length",
                ".function.name"},
               {R"({"type":"custom","custom":{"name":1}})", kType, ".custom.name"},
               {R"({"type":"allowed_tools","allowed_tools":{"mode":"none","tools":[]}})", kValue,
                ".allowed_tools.mode"},
               {R"({"type":"allowed_tools","allowed_tools":{"mode":"auto"}})", kMissing,
                ".allowed_tools.tools"},
               {R"({"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":["f"]}})", kType,
                ".allowed_tools.tools[0]"}}},
        Field{"functions",
              {R"([{"name":"f"}])", list_of(R"({"name":"f"})", 128)},
              {{"[]", "empty_array"},
               {list_of(R"({"name":"f"})", 129), "array_above_max_length"},
               {"[{}]", kMissing, "[0].name"}}},
        Field{"function_call",
              {R"("none")", R"("auto")", R"({"name":"f"})"},
              {{R"("required")", kValue}, {"{}", kMissing, ".name"}, {"1", kType}}}));

class GoodChat : public testing::TestWithParam<std::string> {};

TEST_P(GoodChat, IsPassed) {
  expect_passed(builtin(), Route::kChatCompletions, GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Messages, GoodChat,
    testing::Values(
        saying(R"({"role":"system","content":"s","name":"n"})"),
        saying(R"({"role":"developer","content":[{"type":"text","text":"d"}]})"),
        saying(R"({"role":"user","content":""})"),
        saying(R"({"role":"assistant","content":"a","refusal":null,"tool_calls":null,)"
               R"("function_call":null,"audio":null,"annotations":[]})"),
        saying(R"({"role":"assistant","content":[{"type":"text","text":"a"}]})"),
        saying(R"({"role":"assistant","content":[{"type":"refusal","refusal":"no"}]})"),
        saying(R"({"role":"assistant","content":null,"refusal":"no"})"),
        saying(R"({"role":"assistant","audio":{"id":"audio_1"}})"),
        saying(R"({"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function",)"
               R"("function":{"name":"f","arguments":""}}]})"),
        saying(R"({"role":"assistant","tool_calls":[{"id":"c","type":"custom",)"
               R"("custom":{"name":"f","input":"x"}}]})"),
        saying(R"({"role":"assistant","content":null,)"
               R"("function_call":{"name":"f","arguments":"{"}})"),
        saying(R"({"role":"tool","tool_call_id":"c","content":"42"})"),
        saying(R"({"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"4"}]})"),
        saying(R"({"role":"function","name":"f","content":null})"),
        // Unknown fields pass at every level.
        saying(R"({"role":"user","content":"hi","cache_control":{"type":"ephemeral"}})"),
        with("a_field_of_next_week", R"({"deep":[1,2]})")));

INSTANTIATE_TEST_SUITE_P(
    Parts, GoodChat,
    testing::Values(
        part(R"({"type":"text","text":""})"),
        part(R"({"type":"text","text":"a","prompt_cache_breakpoint":{"mode":"explicit"}})"),
        part(R"({"type":"image_url","image_url":{"url":"https://a/b.png","detail":"low"}})"),
        part(R"({"type":"image_url","image_url":"data:image/png;base64,AA=="})"),
        part(R"({"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}})"),
        part(R"({"type":"file","file":{"file_id":"file-1"}})"),
        part(R"({"type":"file","file":{"filename":"a.pdf","file_data":"data:"}})")));

INSTANTIATE_TEST_SUITE_P(
    Tools, GoodChat,
    testing::Values(
        tool(R"({"type":"function","function":{"name":"f"}})"),
        tool(R"({"type":"function","function":{"name":"f","description":"d","strict":true,)"
             R"("parameters":{"type":"object","properties":{"type":{"type":"string"}}}}})"),
        tool(R"({"type":"custom","custom":{"name":"f"}})"),
        tool(R"({"type":"custom","custom":{"name":"f","format":{"type":"text"}}})"),
        tool(R"({"type":"custom","custom":{"name":"f","format":{"type":"grammar",)"
             R"("grammar":{"syntax":"lark","definition":"start: A"}}}})"),
        with("stream", R"(true,"stream_options":{"include_usage":true})"),
        with("stream", R"(true,"stream_options":{"include_usage":null})")));

class BadChat : public testing::TestWithParam<Refused> {};

TEST_P(BadChat, IsRefused) {
  expect_refused(builtin(), Route::kChatCompletions, GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Requests, BadChat,
    testing::Values(Refused{"[]", "", kType}, Refused{"null", "", kType},
                    Refused{"{}", "model", kMissing},
                    Refused{R"({"messages":[]})", "messages", "empty_array"},
                    Refused{R"({"model":"m"})", "messages", kMissing},
                    Refused{R"({"model":"","messages":[)" + kUser + "]}", "model",
                            "string_below_min_length"},
                    Refused{R"({"model":)" + quoted(257) + R"(,"messages":[)" + kUser + "]}",
                            "model", "string_above_max_length"},
                    Refused{R"({"model":null,"messages":[)" + kUser + "]}", "model", kType},
                    Refused{R"({"model":"m","messages":null})", "messages", kType},
                    Refused{R"({"model":"m","messages":{}})", "messages", kType},
                    Refused{R"({"model":"m","messages":"hi"})", "messages", kType},
                    Refused{R"({"model":"m","messages":)" + list_of(kUser, 16385) + "}", "messages",
                            "array_above_max_length"},
                    Refused{with("temperature", R"(1,"temperature":1)"), "temperature", kValue}));

INSTANTIATE_TEST_SUITE_P(
    Messages, BadChat,
    testing::Values(
        Refused{saying(R"("hi")"), "messages[0]", kType},
        Refused{saying("{}"), "messages[0].role", kMissing},
        Refused{saying(kUser + R"(,{"role":"robot","content":""})"), "messages[1].role", kValue},
        Refused{saying(R"({"role":null,"content":""})"), "messages[0].role", kType},
        Refused{saying(R"({"role":"user","role":"system","content":""})"), "messages[0].role",
                kValue},
        Refused{saying(R"({"role":"system"})"), "messages[0].content", kMissing},
        Refused{saying(R"({"role":"developer","content":null})"), "messages[0].content", kType},
        Refused{saying(R"({"role":"user","content":null})"), "messages[0].content", kType},
        Refused{saying(R"({"role":"user","content":[]})"), "messages[0].content", "empty_array"},
        Refused{saying(R"({"role":"user","content":{}})"), "messages[0].content", kType},
        Refused{saying(R"({"role":"user","content":"","name":1})"), "messages[0].name", kType},
        Refused{saying(R"({"role":"assistant"})"), "messages[0].content", kMissing},
        Refused{saying(R"({"role":"assistant","content":null})"), "messages[0].content", kType},
        Refused{saying(R"({"role":"assistant","content":null,"tool_calls":null})"),
                "messages[0].content", kType},
        Refused{saying(R"({"role":"assistant","content":[]})"), "messages[0].content",
                "empty_array"},
        Refused{saying(R"({"role":"assistant","content":"","refusal":1})"), "messages[0].refusal",
                kType},
        Refused{saying(R"({"role":"assistant","audio":{}})"), "messages[0].audio.id", kMissing},
        Refused{saying(R"({"role":"tool","content":"4"})"), "messages[0].tool_call_id", kMissing},
        Refused{saying(R"({"role":"tool","content":"4","tool_call_id":""})"),
                "messages[0].tool_call_id", "string_below_min_length"},
        Refused{saying(R"({"role":"tool","tool_call_id":"c"})"), "messages[0].content", kMissing},
        Refused{saying(R"({"role":"tool","tool_call_id":"c","content":4})"), "messages[0].content",
                kType},
        Refused{saying(R"({"role":"function","content":"4"})"), "messages[0].name", kMissing},
        Refused{saying(R"({"role":"function","name":"f","content":[]})"), "messages[0].content",
                kType}));

std::string call(const std::string& tool_call) {
  return saying(R"({"role":"assistant","tool_calls":[)" + tool_call + "]}");
}

INSTANTIATE_TEST_SUITE_P(
    ToolCalls, BadChat,
    testing::Values(
        Refused{saying(R"({"role":"assistant","content":"","tool_calls":{}})"),
                "messages[0].tool_calls", kType},
        Refused{call("1"), "messages[0].tool_calls[0]", kType},
        Refused{call(R"({"id":"c"})"), "messages[0].tool_calls[0].type", kMissing},
        Refused{call(R"({"id":"c","type":"magic"})"), "messages[0].tool_calls[0].type", kValue},
        Refused{call(R"({"type":"function","function":{"name":"f","arguments":""}})"),
                "messages[0].tool_calls[0].id", kMissing},
        Refused{call(R"({"id":"c","type":"function"})"), "messages[0].tool_calls[0].function",
                kMissing},
        Refused{call(R"({"id":"c","type":"function","function":{"name":"f"}})"),
                "messages[0].tool_calls[0].function.arguments", kMissing},
        Refused{call(R"({"id":"c","type":"function","function":{"name":"f","arguments":{}}})"),
                "messages[0].tool_calls[0].function.arguments", kType},
        Refused{call(R"({"id":"c","type":"custom","custom":{"name":"f"}})"),
                "messages[0].tool_calls[0].custom.input", kMissing},
        Refused{saying(R"({"role":"assistant","function_call":{"name":"f"}})"),
                "messages[0].function_call.arguments", kMissing}));

INSTANTIATE_TEST_SUITE_P(
    Parts, BadChat,
    testing::Values(Refused{part(R"("hi")"), "messages[0].content[0]", kType},
                    Refused{part("{}"), "messages[0].content[0].type", kMissing},
                    Refused{part(R"({"type":"video"})"), "messages[0].content[0].type", kValue},
                    Refused{part(R"({"type":"refusal","refusal":"no"})"),
                            "messages[0].content[0].type", kValue},
                    Refused{part(R"({"type":"text"})"), "messages[0].content[0].text", kMissing},
                    Refused{part(R"({"type":"text","text":"a"},{"type":"text","text":null})"),
                            "messages[0].content[1].text", kType},
                    Refused{part(R"({"type":"image_url","image_url":{}})"),
                            "messages[0].content[0].image_url.url", kMissing},
                    Refused{part(R"({"type":"image_url","image_url":""})"),
                            "messages[0].content[0].image_url", "string_below_min_length"},
                    Refused{part(R"({"type":"image_url","image_url":{"url":""}})"),
                            "messages[0].content[0].image_url.url", "string_below_min_length"},
                    Refused{part(R"({"type":"image_url","image_url":{"url":"a","detail":1}})"),
                            "messages[0].content[0].image_url.detail", kType},
                    Refused{part(R"({"type":"input_audio","input_audio":{"data":"AA=="}})"),
                            "messages[0].content[0].input_audio.format", kMissing},
                    Refused{
                        part(R"({"type":"input_audio","input_audio":{"data":"","format":"wav"}})"),
                        "messages[0].content[0].input_audio.data", "string_below_min_length"},
                    Refused{part(R"({"type":"file","file":{}})"), "messages[0].content[0].file",
                            "object_below_min_properties"},
                    Refused{part(R"({"type":"file","file":{"file_id":1}})"),
                            "messages[0].content[0].file.file_id", kType},
                    Refused{part(R"({"type":"image_url","image_url":"a"})", "system"),
                            "messages[0].content[0].type", kValue},
                    Refused{part(R"({"type":"image_url","image_url":"a"})", "assistant"),
                            "messages[0].content[0].type", kValue}));

INSTANTIATE_TEST_SUITE_P(
    Tools, BadChat,
    testing::Values(
        Refused{tool("1"), "tools[0]", kType}, Refused{tool("{}"), "tools[0].type", kMissing},
        Refused{tool(R"({"type":"web_search"})"), "tools[0].type", kValue},
        Refused{tool(R"({"type":"function"})"), "tools[0].function", kMissing},
        Refused{tool(R"({"type":"function","function":{}})"), "tools[0].function.name", kMissing},
        Refused{tool(R"({"type":"function","function":{"name":""}})"), "tools[0].function.name",
                "string_below_min_length"},
        Refused{tool(R"({"type":"function","function":{"name":)" + quoted(129) + "}}"),
                "tools[0].function.name", "string_above_max_length"},
        Refused{tool(R"({"type":"function","function":{"name":"f","parameters":[]}})"),
                "tools[0].function.parameters", kType},
        Refused{tool(R"({"type":"function","function":{"name":"f","description":1}})"),
                "tools[0].function.description", kType},
        Refused{tool(R"({"type":"function","function":{"name":"f","strict":1}})"),
                "tools[0].function.strict", kType},
        Refused{tool(R"({"type":"custom","custom":{}})"), "tools[0].custom.name", kMissing},
        Refused{tool(R"({"type":"custom","custom":{"name":"f","format":{"type":"x"}}})"),
                "tools[0].custom.format.type", kValue},
        Refused{tool(R"({"type":"custom","custom":{"name":"f","format":{"type":"grammar",)"
                     R"("grammar":{"syntax":"ebnf","definition":""}}}})"),
                "tools[0].custom.format.grammar.syntax", kValue}));

}  // namespace
}  // namespace penstock::json_schema::test
