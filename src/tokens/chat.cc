#include "tokens/chat.h"

#include "tokens/request.h"
#include "tokens/tally.h"

namespace penstock::tokens {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

class ChatCounter {
 public:
  explicit ChatCounter(Tally& tally) : tally_(tally), rule_(tally.model().chat) {}

  void add_request(object request);

 private:
  void add_message(object message);
  void add_member(std::string_view key, element value, bool opens_system);
  void add_content(element content, bool opens_system);
  void add_part(element one);
  void add_picture(object part);
  void add_data(element holder, std::string_view key, std::uint32_t bytes_per_token);
  void add_calls(element calls);
  void add_call(object function);

  Tally& tally_;
  const ChatRule& rule_;
  bool has_tools_ = false;
  bool has_system_ = false;
};

void ChatCounter::add_request(object request) {
  tally_.add(rule_.reply);
  has_tools_ = tally_.add_tools(request);
  if (const auto messages = find_array(request, "messages")) {
    for (const element one : *messages) {
      if (const auto message = as<object>(one)) add_message(*message);
    }
  }
  if (has_tools_ && has_system_) tally_.take_off(rule_.shared_system);
  tally_.add_choice(request);
  if (const auto format = find_object(request, "response_format")) {
    if (const auto schema = find(*format, "json_schema")) tally_.add_any(*schema);
  }
}

void ChatCounter::add_message(object message) {
  tally_.add(rule_.message);
  const std::string_view role = find_text(message, "role");
  const bool opens_system = role == "system" && !has_system_;
  has_system_ = has_system_ || role == "system";
  if (role == "function") tally_.take_off(rule_.function_result);
  if (role == "function" || role == "tool") tally_.guess();
  // Each member counts, also one that is given twice: which of them the provider takes is its own.
  for (const auto [key, value] : message) add_member(key, value, opens_system);
}

void ChatCounter::add_member(std::string_view key, element value, bool opens_system) {
  if (key == "role") {
    tally_.add_text(value);
  } else if (key == "content") {
    add_content(value, opens_system);
  } else if (key == "name") {
    tally_.add(rule_.name);
    tally_.add_text(value);
  } else if (key == "tool_calls") {
    add_calls(value);
  } else if (key == "function_call") {
    if (const auto function = as<object>(value)) add_call(*function);
  } else if (key != "tool_call_id" && !value.is_null()) {
    tally_.add_any(value);
  }
}

void ChatCounter::add_content(element content, bool opens_system) {
  if (const auto text = as<std::string_view>(content)) {
    // The definitions follow in the same message, on a line of their own.
    const bool line_end = has_tools_ && opens_system && !text->ends_with('\n');
    return tally_.add_text(line_end ? std::string(*text) + "\n" : *text);
  }
  if (const auto parts = as<array>(content)) {
    for (const element part : *parts) add_part(part);
  }
}

void ChatCounter::add_part(element one) {
  const auto object_part = as<object>(one);
  if (!object_part) return tally_.add_any(one);
  const object part = *object_part;
  const std::string_view type = find_text(part, "type");
  const auto inner = find(part, type);
  if (type == "text" && as<std::string_view>(inner)) {
    for (const auto [key, value] : part) {
      if (key == "text") tally_.add_text(value);
    }
  } else if (type == "image_url" && inner) {
    add_picture(part);
  } else if (type == "input_audio" && inner) {
    add_data(*inner, "data", tally_.model().audio_bytes);
  } else if (type == "file" && inner) {
    add_data(*inner, "file_data", tally_.model().file_bytes);
  } else {
    tally_.add_any(one);
  }
}

void ChatCounter::add_picture(object part) {
  const auto image = find_object(part, "image_url");
  const std::string_view url = image ? find_text(*image, "url") : find_text(part, "image_url");
  const bool low = image && find_text(*image, "detail") == "low";
  tally_.add_picture(url, low ? Detail::kLow : Detail::kHigh);
}

void ChatCounter::add_data(element holder, std::string_view key, std::uint32_t bytes_per_token) {
  const auto inner = as<object>(holder);
  tally_.add_data(inner ? find_text(*inner, key) : std::string_view(), bytes_per_token);
}

void ChatCounter::add_calls(element calls) {
  const auto list = as<array>(calls);
  if (!list) return;
  for (const element one : *list) {
    const auto call = as<object>(one);
    const auto function = call ? find_object(*call, "function") : std::nullopt;
    if (function) {
      add_call(*function);
    } else {
      tally_.add_any(one);
    }
  }
}

void ChatCounter::add_call(object function) {
  tally_.guess();
  tally_.add(rule_.call);
  tally_.add_text(find_text(function, "name"));
  tally_.add_text(find_text(function, "arguments"));
}

void add_chat(Tally& tally, object request) {
  ChatCounter(tally).add_request(request);
}

}  // namespace

ChatCount count_chat(const json::Document& request, const Model& model) {
  return count_by(add_chat, request, model);
}

std::uint64_t most_of_chat(const json::Document& request, const Model& model) {
  return most_by(add_chat, request, model);
}

std::uint64_t least_of_chat(const json::Document& request, const Model& model) {
  return least_by(add_chat, request, model);
}

}  // namespace penstock::tokens
