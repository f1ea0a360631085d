#include "interceptors/json_schema/repair.h"

#include "json/document.h"

namespace penstock::json_schema {

namespace {

constexpr std::size_t kMaxWrong = std::size_t{64} << 10;

/// The longest beginning of at most kMaxWrong bytes that ends with a character.
std::string_view beginning(std::string_view text) {
  if (text.size() <= kMaxWrong) return text;
  std::size_t size = kMaxWrong;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

void append_message(std::string& out, std::string_view role, std::string_view content) {
  out.append(",{\"role\":\"").append(role).append("\",\"content\":");
  json::append_quoted(out, content);
  out.push_back('}');
}

std::string wrong_answer(const Fault& fault) {
  const std::string_view wrong = beginning(*fault.wrong);
  if (fault.tool.empty()) return std::string(wrong);
  return fault.tool + "(" + std::string(wrong) + ")";
}

std::string report(const Fault& fault) {
  if (fault.tool.empty()) {
    return "This answer does not fit what was asked for: " + fault.what +
           ". Answer once more, with nothing but JSON that fits.";
  }
  return "This call of the function " + fault.tool + " is not valid: " + fault.what +
         ". Call the function once more, with arguments that fit its parameters.";
}

}  // namespace

std::string with_report(std::string_view body, const Fault& fault) {
  const auto messages = json::find_member(body, "messages");
  if (!messages || messages->size < 2) return {};
  const std::size_t end = messages->at + messages->size - 1;
  const std::string_view inside = body.substr(messages->at + 1, messages->size - 2);
  const bool has_messages = body[end] == ']' && inside.find('{') != std::string_view::npos;
  if (!has_messages) return {};
  std::string more;
  // A message without text is refused by some providers.
  if (!fault.wrong->empty()) append_message(more, "assistant", wrong_answer(fault));
  append_message(more, "user", report(fault));
  return json::apply(body, {json::Splice{end, 0, std::move(more)}});
}

}  // namespace penstock::json_schema
