#include "openai/delta.h"

#include "tokens/request.h"

namespace penstock::openai {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;
using tokens::as;
using tokens::find_array;
using tokens::find_object;
using tokens::find_text;

// A whole answer in one event may be long, and this runs on an event loop.
constexpr std::size_t kLongestCounted = std::size_t{64} << 10;
constexpr std::size_t kUsualTokenBytes = 4;

/// The texts of one choice or one typed event.
class Texts {
 public:
  explicit Texts(const tokens::Encoding* encoding) : encoding_(encoding) {}

  void add(std::string_view text) {
    if (text.empty()) return;
    any_ = true;
    if (encoding_ == nullptr) return;
    const bool is_short = text.size() <= kLongestCounted;
    counted_ += is_short ? encoding_->count(text) : text.size() / kUsualTokenBytes;
  }
  /// What has tokens that are no text counts as one.
  void add_other() {
    any_ = true;
    ++counted_;
  }
  void add_delta(object delta);

  std::uint64_t tokens() const {
    if (encoding_ == nullptr) return any_ ? 1 : 0;
    return counted_;
  }

 private:
  void add_text(element value) { add(as<std::string_view>(value).value_or(std::string_view())); }
  void add_content(element content);
  void add_part(object part);
  void add_calls(element calls);
  void add_call(object call);

  const tokens::Encoding* encoding_;
  std::uint64_t counted_ = 0;
  bool any_ = false;
};

void Texts::add_delta(object delta) {
  bool has_reasoning = false;
  for (const auto [key, value] : delta) {
    if (key == "content") {
      add_content(value);
    } else if (key == "refusal") {
      add_text(value);
    } else if (key == "reasoning" || key == "reasoning_content") {
      // Some servers write the same text under both names.
      if (!has_reasoning) add_text(value);
      has_reasoning = has_reasoning || !value.is_null();
    } else if (key == "tool_calls") {
      add_calls(value);
    } else if (key == "function_call") {
      if (const auto call = as<object>(value)) add_call(*call);
    } else if (key == "audio") {
      if (const auto sound = as<object>(value)) add(find_text(*sound, "transcript"));
    }
  }
}

/// Some providers give content as a list of parts, and in it what the model thought as another.
void Texts::add_content(element content) {
  const auto parts = as<array>(content);
  if (!parts) return add_text(content);
  for (const element one : *parts) {
    const auto part = as<object>(one);
    if (!part) continue;
    add_part(*part);
    const auto thoughts = find_array(*part, "thinking");
    if (!thoughts) continue;
    for (const element thought : *thoughts) {
      if (const auto inner = as<object>(thought)) add_part(*inner);
    }
  }
}

void Texts::add_part(object part) {
  for (const char* key : {"text", "refusal", "thinking"}) add(find_text(part, key));
}

void Texts::add_calls(element calls) {
  const auto list = as<array>(calls);
  if (!list) return;
  for (const element one : *list) {
    const auto call = as<object>(one);
    if (!call) continue;
    add_call(*call);
    for (const char* key : {"function", "custom"}) {
      if (const auto inner = find_object(*call, key)) add_call(*inner);
    }
  }
}

/// A function with its arguments, or a custom tool with its input, or a fragment of these.
void Texts::add_call(object call) {
  for (const char* key : {"name", "arguments", "input"}) add(find_text(call, key));
}

}  // namespace

void OutputCounter::add_choice(element choice) {
  const auto members = as<object>(choice);
  if (!members) return;
  Texts texts(encoding_);
  texts.add(find_text(*members, "text"));
  if (const auto delta = find_object(*members, "delta")) texts.add_delta(*delta);
  tokens_ += texts.tokens();
}

void OutputCounter::add_typed(std::string_view type, object event) {
  Texts texts(encoding_);
  if (type.ends_with("audio.delta")) {
    texts.add_other();  // sound, in base64
  } else if (type.ends_with(".delta")) {
    texts.add(find_text(event, "delta"));
  } else if (type == "response.output_item.added") {
    if (const auto item = find_object(event, "item")) texts.add(find_text(*item, "name"));
  }
  tokens_ += texts.tokens();
}

}  // namespace penstock::openai
