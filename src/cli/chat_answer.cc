#include "cli/chat_answer.h"

#include <cstdio>
#include <unistd.h>

#include "base/text.h"
#include "cli/http_call.h"
#include "cli/json_text.h"
#include "cli/terminal.h"

namespace penstock::cli {

namespace {

constexpr std::size_t kMaxBodyBytes = 64 << 20;
constexpr std::size_t kMaxTextBytes = 16 << 20;

bool is_success(int status) {
  return status >= 200 && status < 300;
}

}  // namespace

ChatAnswer::ChatAnswer(Form form) : form_(form), for_terminal_(is_terminal(STDOUT_FILENO)) {}

void ChatAnswer::begin(int status, std::string_view content_type) {
  status_ = status;
  is_stream_ = is_success(status) && media_type(content_type) == "text/event-stream";
}

bool ChatAnswer::take(std::string_view bytes) {
  if (form_ == Form::kRaw) {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    if (!bytes.empty()) last_printed_ = bytes.back();
  }
  if (is_stream_) {
    too_long_ = !take_events(bytes);
  } else {
    body_ += bytes;
    too_long_ = body_.size() > kMaxBodyBytes;
  }
  return !too_long_ && std::fflush(stdout) == 0;
}

bool ChatAnswer::take_events(std::string_view bytes) {
  const bool fits = static_cast<bool>(events_.feed(bytes));
  while (const auto event = events_.next()) take_event(event->data);
  return fits && text_.size() <= kMaxTextBytes;
}

void ChatAnswer::take_event(std::string_view data) {
  if (data.empty()) return;
  if (data == "[DONE]") {
    done_ = true;
    return;
  }
  const nlohmann::json event = parse_json(data);
  if (error_.empty() && find(event, {"error"}) != nullptr) error_ = message_of(std::string(data));
  for (const nlohmann::json& choice : list_at(event, {"choices"})) {
    show(text_at(choice, {"delta", "content"}));
  }
}

void ChatAnswer::show(const std::string& text) {
  text_ += text;
  if (form_ == Form::kRaw || text.empty()) return;
  const std::string shown = for_terminal_ ? printable(text) : text;
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  last_printed_ = shown.back();
}

std::string ChatAnswer::end() {
  const std::string problem = !is_success(status_) ? refusal()
                              : is_stream_         ? end_of_stream()
                                                   : end_of_object();
  if (last_printed_ != '\n') std::fputc('\n', stdout);
  std::fflush(stdout);
  return too_long_ ? "the answer is too long" : problem;
}

std::string ChatAnswer::end_of_stream() const {
  if (!error_.empty()) return "the stream broke off: " + error_;
  return done_ ? "" : "the stream ended early";
}

std::string ChatAnswer::end_of_object() {
  const nlohmann::json object = parse_json(body_);
  const nlohmann::json& choices = list_at(object, {"choices"});
  if (choices.empty()) return "the answer is no chat completion, or broke off";
  show(text_at(choices.front(), {"message", "content"}));
  return {};
}

std::string ChatAnswer::refusal() const {
  const std::string message = "status " + std::to_string(status_) + ": " + message_of(body_);
  return status_ == 401 ? message + "; PENSTOCK_KEY has to hold a key that is known" : message;
}

}  // namespace penstock::cli
