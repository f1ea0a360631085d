#include "interceptors/log/content.h"

#include "base/text.h"
#include "interceptors/log/redact.h"
#include "json/document.h"

namespace penstock::exchange_log {

namespace {

std::string size_only(std::uint64_t bytes) {
  return "[" + std::to_string(bytes) + " bytes]";
}

bool is_json(const Headers& headers) {
  const auto type = headers.get("content-type");
  return type && equals_ignoring_case(media_type(*type), "application/json");
}

std::string redacted_request(Exchange& x, std::uint64_t max_bytes) {
  // Other bodies are not even tried: an upload may be large.
  if (!is_json(x.request.headers) || !x.document()) return size_only(x.body().size());
  return redact(x.body(), max_bytes);
}

void append_text(JsonLine& line, std::string_view name, std::string_view text,
                 std::uint64_t max_bytes) {
  line.text(name, cut_text(text, max_bytes));
  if (text.size() > max_bytes) line.boolean(std::string(name) + "_truncated", true);
}

}  // namespace

void append_request_body(JsonLine& line, Exchange& x, const Options& options) {
  if (options.content == Content::kNone || x.body().empty()) return;
  if (options.content == Content::kFull) {
    append_text(line, "request_body", x.body(), options.max_content);
  } else {
    append_text(line, "request_body", redacted_request(x, options.max_content),
                options.max_content);
  }
}

void AnswerText::see(std::string_view bytes) {
  size_ += bytes.size();
  const std::size_t room = options_->max_content + 1 - text_.size();
  text_.append(bytes.substr(0, room));
}

std::string AnswerText::redacted() const {
  if (size_ > options_->max_content) return size_only(size_);
  std::string padded;
  padded.reserve(text_.size() + json::kPadding);
  padded = text_;
  return json::Document::parse(padded) ? redact(text_, options_->max_content) : size_only(size_);
}

void AnswerText::append_to(JsonLine& line) const {
  if (size_ == 0) return;
  const std::string text = options_->content == Content::kFull ? text_ : redacted();
  append_text(line, "response_body", text, options_->max_content);
}

}  // namespace penstock::exchange_log
