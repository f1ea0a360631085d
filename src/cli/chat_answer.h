#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "http/sse_reader.h"

namespace penstock::cli {

/// Prints the answer to a chat request on stdout while it comes, an event stream or a whole object,
/// and tells how it ended. Used for one answer.
///
///   ChatAnswer answer(ChatAnswer::Form::kText);
///   answer.begin(200, "text/event-stream");
///   while (...) answer.take(bytes);
///   const std::string problem = answer.end();
class ChatAnswer {
 public:
  /// kText prints what the model said, kRaw the bytes of the body.
  enum class Form { kText, kRaw };
  explicit ChatAnswer(Form form);

  /// The head of the answer.
  void begin(int status, std::string_view content_type);
  /// The next bytes of the body. False: no more is wanted; it is too long, or stdout is closed.
  bool take(std::string_view bytes);
  /// The body ended, or there was none: finishes the line on stdout. What went wrong, in a
  /// sentence; empty: the answer is whole.
  std::string end();

  /// A head was seen.
  bool began() const noexcept { return status_ != 0; }
  /// What the model said, at most 16 MiB of it.
  const std::string& text() const noexcept { return text_; }

 private:
  bool take_events(std::string_view bytes);
  void take_event(std::string_view data);
  void show(const std::string& text);
  std::string end_of_stream() const;
  std::string end_of_object();
  std::string refusal() const;

  Form form_;
  bool for_terminal_;
  int status_ = 0;
  bool is_stream_ = false;
  bool done_ = false;  // [DONE] was seen
  bool too_long_ = false;
  char last_printed_ = '\n';
  http::SseReader events_;
  std::string body_;   // of an answer that is no stream
  std::string text_;   // what the model said
  std::string error_;  // what an error event said
};

}  // namespace penstock::cli
