#include "upstream/demo_request.h"

#include <utility>

namespace penstock::upstream {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

constexpr std::size_t kMaxQuotedBytes = 2000;
constexpr std::size_t kMaxStops = 4;
constexpr std::size_t kMaxInputs = 2048;

std::string_view text_of(simdjson::simdjson_result<element> value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? text : std::string_view();
}

// The text of a message: a string, or the text parts of a list.
std::string content_of(element message) {
  std::string text(text_of(message["content"]));
  array parts;
  if (message["content"].get(parts) != simdjson::SUCCESS) return text;
  for (element part : parts) text += text_of(part["text"]);
  return text;
}

// Cuts at a character's first byte.
void shorten(std::string& text) {
  if (text.size() <= kMaxQuotedBytes) return;
  std::size_t end = kMaxQuotedBytes;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
}

void read_messages(element root, DemoQuestion& question) {
  array messages;
  if (root["messages"].get(messages) != simdjson::SUCCESS) return;
  std::size_t bytes = 0;
  for (element message : messages) {
    std::string text = content_of(message);
    bytes += text.size();
    if (text_of(message["role"]) == "user") question.text = std::move(text);
  }
  question.input_tokens = demo_tokens(bytes);
  shorten(question.text);
}

void read_stops(element root, DemoQuestion& question) {
  if (const auto only = text_of(root["stop"]); !only.empty()) question.stops.emplace_back(only);
  array list;
  if (root["stop"].get(list) != simdjson::SUCCESS) return;
  for (element item : list) {
    const auto stop = text_of(std::move(item));
    if (!stop.empty() && question.stops.size() < kMaxStops) question.stops.emplace_back(stop);
  }
}

Result<void> read_tool(element root, DemoQuestion& question) {
  array tools;
  if (root["tools"].get(tools) != simdjson::SUCCESS) return {};
  const bool any = text_of(root["tool_choice"]) == "required";
  const auto chosen = text_of(root["tool_choice"]["function"]["name"]);
  if (!any && chosen.empty()) return {};
  for (element tool : tools) {
    const auto name = text_of(tool["function"]["name"]);
    if (!name.empty() && (any || name == chosen)) {
      question.tool = std::string(name);
      return {};
    }
  }
  return invalid_request("tool_choice asks for a function that tools does not hold", "tool_choice");
}

void add_input(element input, DemoInputs& inputs) {
  array tokens;
  if (input.get(tokens) == simdjson::SUCCESS) {
    inputs.tokens += tokens.size();
    inputs.texts.push_back(simdjson::minify(tokens));
  } else {
    const auto text = text_of(std::move(input));
    inputs.tokens += demo_tokens(text.size());
    inputs.texts.emplace_back(text);
  }
}

// A list is one input when it holds token numbers, else a list of inputs.
bool is_list_of_inputs(element input) {
  array items;
  if (input.get(items) != simdjson::SUCCESS) return false;
  element first;
  return items.at(0).get(first) != simdjson::SUCCESS || !first.is_number();
}

}  // namespace

Result<DemoQuestion> read_demo_question(const json::Document& document) {
  const element root = document.root();
  DemoQuestion question;
  read_messages(root, question);
  read_stops(root, question);
  TRY_VOID(read_tool(root, question));
  const auto format = text_of(root["response_format"]["type"]);
  question.wants_json = format == "json_object" || format == "json_schema";
  return question;
}

Result<DemoInputs> read_demo_inputs(const json::Document& document) {
  element input;
  if (document.root()["input"].get(input) != simdjson::SUCCESS) {
    return invalid_request("input is missing", "input");
  }
  DemoInputs inputs;
  inputs.base64 = text_of(document.root()["encoding_format"]) == "base64";
  if (!is_list_of_inputs(input)) {
    add_input(input, inputs);
    return inputs;
  }
  const array list = input.get_array().value_unsafe();
  if (list.size() == 0 || list.size() > kMaxInputs) {
    return invalid_request("input must hold 1 to 2048 items", "input");
  }
  for (element item : list) add_input(item, inputs);
  return inputs;
}

}  // namespace penstock::upstream
