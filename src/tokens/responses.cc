#include "tokens/responses.h"

#include "tokens/request.h"

namespace penstock::tokens {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

/// Of what the model thought earlier, encrypted.
constexpr std::uint32_t kThoughtBytes = 4;

void add_part(Tally& tally, element one) {
  const auto part = as<object>(one);
  if (!part) return tally.add_any(one);
  const std::string_view type = find_text(*part, "type");
  if (type == "input_image") {
    const bool low = find_text(*part, "detail") == "low";
    tally.add_picture(find_text(*part, "image_url"), low ? Detail::kLow : Detail::kHigh);
  } else if (type == "input_file") {
    tally.add_data(find_text(*part, "file_data"), tally.model().file_bytes);
  } else if (type == "input_audio") {
    const auto sound = find_object(*part, "input_audio");
    tally.add_data(sound ? find_text(*sound, "data") : std::string_view(),
                   tally.model().audio_bytes);
  } else {
    // Texts of several kinds. Each member counts, also one that is given twice.
    for (const auto [key, value] : *part) {
      if (key != "type") tally.add_any(value);
    }
  }
}

/// A text or a list of parts.
void add_content(Tally& tally, element content) {
  const auto parts = as<array>(content);
  if (!parts) return tally.add_text(content);
  for (const element part : *parts) add_part(tally, part);
}

void add_member(Tally& tally, std::string_view key, element value) {
  if (key == "content" || key == "output" || key == "summary") {
    add_content(tally, value);
  } else if (key == "encrypted_content") {
    tally.add_data(as<std::string_view>(value).value_or(std::string_view()), kThoughtBytes);
  } else if (key != "type" && key != "id" && key != "call_id" && key != "status" &&
             !value.is_null()) {
    tally.add_any(value);  // role, name, arguments, input, and what is not known
  }
}

/// A message, a call of a tool or its result, or what the model thought.
void add_item(Tally& tally, element one) {
  const auto item = as<object>(one);
  if (!item) return tally.add_any(one);
  tally.add(find_text(*item, "type").ends_with("_call") ? tally.model().chat.call
                                                        : tally.model().chat.message);
  for (const auto [key, value] : *item) add_member(tally, key, value);
}

void add_message(Tally& tally, std::string_view role, element text) {
  tally.add(tally.model().chat.message);
  tally.add_text(role);
  tally.add_text(text);
}

void add_input(Tally& tally, std::string_view role, element input) {
  const auto items = as<array>(input);
  if (!items) return add_message(tally, role, input);
  for (const element item : *items) add_item(tally, item);
}

}  // namespace

void add_responses(Tally& tally, object request) {
  tally.guess();
  tally.add(tally.model().chat.reply);
  tally.add_tools(request);
  tally.add_choice(request);
  if (const auto instructions = find(request, "instructions")) {
    add_input(tally, "system", *instructions);
  }
  if (const auto input = find(request, "input")) add_input(tally, "user", *input);
  if (const auto prompt = find_object(request, "prompt")) {
    if (const auto variables = find(*prompt, "variables")) tally.add_any(*variables);
  }
  if (const auto text = find_object(request, "text")) {
    if (const auto format = find(*text, "format")) tally.add_any(*format);
  }
}

}  // namespace penstock::tokens
