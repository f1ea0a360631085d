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

TEST(ModerationsSchema, TakesTheFormsOfAnInput) {
  const JsonSchema interceptor = make();
  for (const char* body :
       {R"({"input":"a"})", R"({"input":"","model":null})", R"({"input":["a","b"],"unknown":1})",
        R"({"model":"m","input":[{"type":"text","text":"a"}]})",
        R"({"model":"m","input":[{"type":"image_url","image_url":{"url":"https://a/b"}}]})"}) {
    expect_passed(interceptor, Route::kModerations, body);
  }
}

TEST(ModerationsSchema, RefusesWhatIsNoInput) {
  const JsonSchema interceptor = make();
  for (const Refused& refused : {
           Refused{"{}", "input", "missing_required_parameter"},
           Refused{"[]", "", "invalid_type"},
           Refused{R"({"input":null})", "input", "invalid_type"},
           Refused{R"({"input":[]})", "input", "empty_array"},
           Refused{R"({"input":[1]})", "input[0]", "invalid_type"},
           Refused{R"({"input":"a","model":""})", "model", "string_below_min_length"},
           Refused{R"({"input":[{"type":"audio"}]})", "input[0].type", "invalid_value"},
           Refused{R"({"input":[{"type":"text"}]})", "input[0].text", "missing_required_parameter"},
           Refused{R"({"input":[{"type":"image_url","image_url":{}}]})", "input[0].image_url.url",
                   "missing_required_parameter"},
       }) {
    expect_refused(interceptor, Route::kModerations, refused);
  }
}

std::string response(const std::string& field) {
  return R"({"model":"m",)" + field + "}";
}

/// A response with this one item of input.
std::string item(const std::string& members) {
  return response(R"("input":[{)" + members + "}]");
}

TEST(ResponsesSchema, TakesTheFormsOfAnInput) {
  const JsonSchema interceptor = make();
  for (const std::string& body : {
           response(R"("input":"a")"),
           response(R"("input":[])"),
           response(R"("previous_response_id":"resp_1")"),
           std::string(R"({"prompt":{"id":"pmpt_1","variables":{"a":"b"}}})"),
           item(R"("role":"user","content":"a")"),
           item(R"("type":null,"role":"user","content":"a")"),
           item(R"("type":"message","role":"developer","content":[])"),
           item(R"("role":"user","content":[{"type":"input_text","text":"a"}])"),
           item(R"("role":"user","content":[{"type":"input_image","image_url":"https://a/b"},)"
                R"({"type":"input_image","file_id":"f","detail":"low"}])"),
           item(R"("role":"user","content":[{"type":"input_file","file_data":"AA=="}])"),
           item(R"("role":"user","content":[{"type":"a_kind_of_next_week","x":1}])"),
           item(R"("type":"message","id":"msg_1","status":"completed","role":"assistant",)"
                R"("content":[{"type":"output_text","text":"a","annotations":[]},)"
                R"({"type":"refusal","refusal":"no"}])"),
           item(R"("id":"msg_1")"),
           item(R"("type":null,"id":"msg_1")"),
           item(R"("type":"item_reference","id":"msg_1")"),
           item(R"("type":"function_call","id":"fc_1","call_id":"c","name":"f","arguments":"{")"),
           item(R"("type":"function_call_output","call_id":"c","output":"4")"),
           item(R"("type":"function_call_output","call_id":"c",)"
                R"("output":[{"type":"input_text","text":"4"}])"),
           item(R"("type":"custom_tool_call","call_id":"c","name":"f","input":"")"),
           item(R"("type":"custom_tool_call_output","call_id":"c","output":"4")"),
           item(R"("type":"reasoning","id":"rs_1","summary":[],"content":null,)"
                R"("encrypted_content":null)"),
           item(R"("type":"web_search_call","id":"ws_1","action":{})"),
       }) {
    expect_passed(interceptor, Route::kResponses, body);
  }
}

TEST(ResponsesSchema, TakesTheOtherFields) {
  const JsonSchema interceptor = make();
  for (const char* field :
       {R"("instructions":"a","store":false,"background":true,"stream":true,"unknown":1)",
        R"("stream":true,"stream_options":{"include_obfuscation":false})",
        R"("conversation":"conv_1")", R"("conversation":{"id":"conv_1"})",
        R"("max_output_tokens":16,"max_tool_calls":3,"temperature":2,"top_p":0,"top_logprobs":20)",
        R"("tools":[{"type":"function","name":"f","parameters":null,"strict":null}])",
        R"("tools":[{"type":"custom","name":"f"},{"type":"web_search"}],"tool_choice":"auto")",
        R"("tools":[{"type":"file_search","vector_store_ids":["vs_1"]}])",
        R"("tools":[{"type":"mcp","server_label":"s"}],"tool_choice":{"type":"mcp"})",
        R"("tool_choice":{"type":"function","name":"f"},"parallel_tool_calls":false)",
        R"("text":{"format":{"type":"json_object"},"verbosity":"low"})",
        R"("text":{"format":{"type":"json_schema","name":"n","schema":{},"strict":true}})",
        R"("reasoning":{"effort":"max","summary":null},"include":["a"],"truncation":"auto")",
        R"("context_management":[{"type":"compaction"}],"metadata":{"a":"b"},"user":null)"}) {
    expect_passed(interceptor, Route::kResponses, response(field));
  }
}

TEST(ResponsesSchema, RefusesWhatHasNotItsShape) {
  const char* const type = "invalid_type";
  const char* const value = "invalid_value";
  const char* const missing = "missing_required_parameter";
  const JsonSchema interceptor = make();
  for (const Refused& refused : {
           Refused{R"({"input":"a"})", "model", missing},
           Refused{"", "", ""},
           Refused{"[]", "", type},
           Refused{response(R"("input":1)"), "input", type},
           Refused{response(R"("input":["a"])"), "input[0]", type},
           Refused{item(""), "input[0].role", missing},
           Refused{item(R"("role":"user")"), "input[0].content", missing},
           Refused{item(R"("role":"robot","content":"a")"), "input[0].role", value},
           Refused{item(R"("role":"user","content":null)"), "input[0].content", type},
           Refused{item(R"("id":"msg_1","role":"user")"), "input[0].content", missing},
           Refused{item(R"("role":"user","content":[{"text":"a"}])"), "input[0].content[0].type",
                   missing},
           Refused{item(R"("role":"user","content":[{"type":"input_text"}])"),
                   "input[0].content[0].text", missing},
           Refused{item(R"("role":"user","content":[{"type":"input_image","image_url":{}}])"),
                   "input[0].content[0].image_url", type},
           Refused{item(R"("type":"function_call","name":"f","arguments":"")"), "input[0].call_id",
                   missing},
           Refused{item(R"("type":"function_call_output","call_id":"c","output":4)"),
                   "input[0].output", type},
           Refused{item(R"("type":"item_reference")"), "input[0].id", missing},
           Refused{response(R"("max_output_tokens":0)"), "max_output_tokens",
                   "integer_below_min_value"},
           Refused{response(R"("top_logprobs":21)"), "top_logprobs", "integer_above_max_value"},
           Refused{response(R"("temperature":2.5)"), "temperature", "decimal_above_max_value"},
           Refused{response(R"("tools":[{"name":"f"}])"), "tools[0].type", missing},
           Refused{response(R"("tools":[{"type":"function","function":{"name":"f"}}])"),
                   "tools[0].name", missing},
           Refused{response(R"("tools":[{"type":"file_search"}])"), "tools[0].vector_store_ids",
                   missing},
           Refused{response(R"("tool_choice":"always")"), "tool_choice", value},
           Refused{response(R"("tool_choice":{})"), "tool_choice.type", missing},
           Refused{response(R"("text":{"format":{"type":"json_schema","name":"n"}})"),
                   "text.format.schema", missing},
           Refused{response(R"("prompt":{})"), "prompt.id", missing},
           Refused{response(R"("conversation":{})"), "conversation.id", missing},
           Refused{response(R"("stream_options":{})"), "stream_options", value},
           Refused{response(R"("metadata":{"a":1})"), "metadata.a", type},
       }) {
    expect_refused(interceptor, Route::kResponses, refused);
  }
}

}  // namespace
}  // namespace penstock::json_schema::test
