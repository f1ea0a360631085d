#include "openai/delta.h"

#include <string_view>

namespace penstock::openai {

namespace {

using simdjson::dom::element;

bool is_filled_text(element value) {
  std::string_view text;
  return value.get_string().get(text) == simdjson::SUCCESS && !text.empty();
}

// The fragment of a function's arguments, or the input of a custom tool.
bool is_filled_call(element call) {
  for (const auto path : {"/function/arguments", "/custom/input", "/arguments"}) {
    element text;
    if (call.at_pointer(path).get(text) == simdjson::SUCCESS && is_filled_text(text)) return true;
  }
  return false;
}

bool has_filled_call(element calls) {
  simdjson::dom::array array;
  if (calls.get_array().get(array) != simdjson::SUCCESS) return false;
  for (const element call : array) {
    if (is_filled_call(call)) return true;
  }
  return false;
}

// Some providers give content as a list of parts.
bool is_filled_content(element value) {
  simdjson::dom::array parts;
  if (value.get_array().get(parts) == simdjson::SUCCESS) return parts.size() > 0;
  return is_filled_text(value);
}

bool is_filled(std::string_view key, element value) {
  if (key == "content") return is_filled_content(value);
  if (key == "refusal" || key == "reasoning" || key == "reasoning_content") {
    return is_filled_text(value);
  }
  if (key == "tool_calls") return has_filled_call(value);
  if (key == "function_call") return is_filled_call(value);
  if (key == "audio") {
    element transcript;
    return value["transcript"].get(transcript) == simdjson::SUCCESS && is_filled_text(transcript);
  }
  return false;
}

}  // namespace

bool carries_output(element choice) {
  element text;
  if (choice["text"].get(text) == simdjson::SUCCESS && is_filled_text(text)) return true;
  simdjson::dom::object delta;
  if (choice["delta"].get_object().get(delta) != simdjson::SUCCESS) return false;
  for (const auto [key, value] : delta) {
    if (is_filled(key, value)) return true;
  }
  return false;
}

}  // namespace penstock::openai
