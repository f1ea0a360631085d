#include "tokens/chat.h"

#include <algorithm>

#include "tokens/image.h"
#include "tokens/request.h"
#include "tokens/tool_text.h"

namespace penstock::tokens {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// What stands for the count of a text.
using Measure = std::uint64_t (*)(const Encoding& encoding, std::string_view text);

std::uint64_t exactly(const Encoding& encoding, std::string_view text) {
  return encoding.count(text);
}
std::uint64_t at_least(const Encoding&, std::string_view text) {
  return least_tokens(text.size());
}
std::uint64_t at_most(const Encoding&, std::string_view text) {
  return most_tokens(text.size());
}

class ChatCounter {
 public:
  ChatCounter(const Model& model, Measure measure) : model_(model), measure_(measure) {}

  void add_request(object request);
  std::uint64_t tokens() const { return more_ > less_ ? more_ - less_ : 0; }
  bool exact() const { return exact_; }

 private:
  void add_message(object message);
  void add_member(std::string_view key, element value, bool opens_system);
  void add_content(element content, bool opens_system);
  void add_part(element one);
  void add_picture(object part);
  void add_data(element holder, std::string_view key, std::uint32_t bytes_per_token);
  void add_calls(element calls);
  void add_call(object function);
  void add_choice(object request);
  void add_any(element value);

  void add(std::uint64_t tokens) { more_ += tokens; }
  void add_text(std::string_view text) { add(measure_(*model_.encoding, text)); }
  void guess() { exact_ = false; }

  const Model& model_;
  Measure measure_;
  bool has_tools_ = false;
  bool has_system_ = false;
  bool exact_ = true;
  std::uint64_t more_ = 0;
  std::uint64_t less_ = 0;
};

void ChatCounter::add_request(object request) {
  add(model_.chat.reply);
  if (const auto tools = tool_text(request)) {
    has_tools_ = true;
    guess();
    add(model_.chat.definitions);
    add_text(*tools);
  }
  if (const auto messages = find_array(request, "messages")) {
    for (const element one : *messages) {
      if (const auto message = as<object>(one)) add_message(*message);
    }
  }
  if (has_tools_ && has_system_) less_ += model_.chat.shared_system;
  add_choice(request);
  if (const auto format = find_object(request, "response_format")) {
    if (const auto schema = find(*format, "json_schema")) add_any(*schema);
  }
}

void ChatCounter::add_message(object message) {
  add(model_.chat.message);
  const std::string_view role = find_text(message, "role");
  const bool opens_system = role == "system" && !has_system_;
  has_system_ = has_system_ || role == "system";
  if (role == "function") less_ += model_.chat.function_result;
  if (role == "function" || role == "tool") guess();
  // Each member counts, also one that is given twice: which of them the provider takes is its own.
  for (const auto [key, value] : message) add_member(key, value, opens_system);
}

void ChatCounter::add_member(std::string_view key, element value, bool opens_system) {
  if (key == "role") {
    add_text(as<std::string_view>(value).value_or(std::string_view()));
  } else if (key == "content") {
    add_content(value, opens_system);
  } else if (key == "name") {
    add(model_.chat.name);
    add_text(as<std::string_view>(value).value_or(std::string_view()));
  } else if (key == "tool_calls") {
    add_calls(value);
  } else if (key == "function_call") {
    if (const auto function = as<object>(value)) add_call(*function);
  } else if (key != "tool_call_id" && !value.is_null()) {
    add_any(value);
  }
}

void ChatCounter::add_content(element content, bool opens_system) {
  if (const auto text = as<std::string_view>(content)) {
    // The definitions follow in the same message, on a line of their own.
    const bool line_end = has_tools_ && opens_system && !text->ends_with('\n');
    return add_text(line_end ? std::string(*text) + "\n" : *text);
  }
  if (const auto parts = as<array>(content)) {
    for (const element part : *parts) add_part(part);
  }
}

void ChatCounter::add_part(element one) {
  const auto object_part = as<object>(one);
  if (!object_part) return add_any(one);
  const object part = *object_part;
  const std::string_view type = find_text(part, "type");
  const auto inner = find(part, type);
  if (type == "text" && as<std::string_view>(inner)) {
    for (const auto [key, value] : part) {
      if (key == "text") add_text(as<std::string_view>(value).value_or(std::string_view()));
    }
  } else if (type == "image_url" && inner) {
    add_picture(part);
  } else if (type == "input_audio" && inner) {
    add_data(*inner, "data", model_.audio_bytes);
  } else if (type == "file" && inner) {
    add_data(*inner, "file_data", model_.file_bytes);
  } else {
    add_any(one);
  }
}

void ChatCounter::add_picture(object part) {
  guess();
  const auto image = find_object(part, "image_url");
  const std::string_view url = image ? find_text(*image, "url") : find_text(part, "image_url");
  const bool low = image && find_text(*image, "detail") == "low";
  add(image_tokens(model_.image, image_size(url), low ? Detail::kLow : Detail::kHigh));
}

/// Sound or a file, in base64 or as a data URL: of what is inside, only the bytes are known.
void ChatCounter::add_data(element holder, std::string_view key, std::uint32_t bytes_per_token) {
  guess();
  const auto inner = as<object>(holder);
  const std::uint64_t digits = inner ? find_text(*inner, key).size() : 0;
  add((digits * 3 / 4 + bytes_per_token - 1) / bytes_per_token);
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
      add_any(one);
    }
  }
}

void ChatCounter::add_call(object function) {
  guess();
  add(model_.chat.call);
  add_text(find_text(function, "name"));
  add_text(find_text(function, "arguments"));
}

void ChatCounter::add_choice(object request) {
  for (const char* key : {"tool_choice", "function_call"}) {
    const auto choice = find(request, key);
    if (!choice) continue;
    if (as<std::string_view>(choice) == "none") add(model_.chat.no_choice);
    const auto named = as<object>(choice);
    if (!named) continue;
    const auto function = find_object(*named, "function");
    const std::string_view name = find_text(function.value_or(*named), "name");
    if (name.empty()) continue;
    add(model_.chat.named_choice);
    add_text(name);
  }
}

/// What is not known counts as the text it is written as.
void ChatCounter::add_any(element value) {
  guess();
  const auto text = as<std::string_view>(value);
  if (text) return add_text(*text);
  add_text(simdjson::minify(value));
}

ChatCounter read(const json::Document& request, const Model& model, Measure measure) {
  ChatCounter counter(model, measure);
  object root;
  if (request.root().get(root) == simdjson::SUCCESS) counter.add_request(root);
  return counter;
}

std::uint64_t with_margin(std::uint64_t tokens, const Model& model, bool exact) {
  return exact ? tokens : scaled(tokens, 1000 + model.margin);
}

}  // namespace

ChatCount count_chat(const json::Document& request, const Model& model) {
  const ChatCounter counter = read(request, model, exactly);
  ChatCount count;
  count.exact = model.exact && counter.exact();
  count.tokens = scaled(counter.tokens(), model.factor);
  count.most = with_margin(count.tokens, model, count.exact);
  return count;
}

ChatBounds bound_chat(const json::Document& request, const Model& model) {
  const ChatCounter least = read(request, model, at_least);
  const ChatCounter most = read(request, model, at_most);
  const bool exact = model.exact && most.exact();
  return {scaled(least.tokens(), model.factor),
          with_margin(scaled(most.tokens(), model.factor), model, exact)};
}

}  // namespace penstock::tokens
