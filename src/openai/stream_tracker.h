#pragma once

#include <cstdint>
#include <simdjson.h>
#include <string_view>
#include <vector>

#include "penstock/body.h"
#include "penstock/exchange.h"

#include "http/sse_reader.h"
#include "json/document.h"
#include "openai/delta.h"
#include "openai/usage.h"
#include "tokens/models.h"

namespace penstock::openai {

/// Follows one event stream of an upstream: whether it came to a proper end, what it used, which
/// events the client must not see. Used by one fiber; see() neither suspends nor allocates once its
/// thread is warm. Between events nothing is held but a few numbers.
///
/// Each event is parsed: for an ordinary delta of 320 bytes that takes 0.16 us, as long as three
/// searches for a word in it, and no text inside a string can pass for a member. To count the token
/// that it brings takes a fifth of that besides. An event whose data is not JSON by our rules
/// passes unchanged and counts for nothing.
class StreamTracker {
 public:
  enum class UsageChunk {
    kKeep,  // the client asked for it
    kHide,  // we asked for it: drop the usage-only event and cut `"usage":null` from the others
  };
  /// `choices`: how many the client asked for. The usage chunk is a matter of chat and of legacy
  /// completions; on other routes nothing is hidden. `model` says how what it writes is counted; it
  /// outlives this. Null: nobody knows.
  StreamTracker(Route route, std::uint32_t choices, UsageChunk usage_chunk,
                const tokens::Model* model = nullptr);

  /// What to do with the bytes of an event.
  struct Verdict {
    bool drop = false;
    json::Span cut;  // bytes of event.raw to leave out; size 0: none
  };
  Verdict see(const http::SseEvent& event);

  /// A proper end was seen: [DONE], or a finish_reason for each choice, or the terminal event of
  /// the responses, images or audio API.
  bool complete() const noexcept { return ended_ || finished_choices_ >= choices_; }
  /// Nothing of the stream follows: [DONE] or its terminal event was seen.
  bool ended() const noexcept { return ended_; }
  /// The provider reported an error in the stream: a member `error` that is not null, an event of
  /// type `error`, or response.failed.
  bool failed() const noexcept { return failed_; }
  /// The provider's own numbers (the last cumulative ones), else those of what the model has
  /// written so far (see OutputCounter). kUnknown while there was nothing.
  Usage usage() const noexcept;

 private:
  Verdict see_chunk(simdjson::dom::object chunk, const http::SseEvent& event);
  void see_choices(simdjson::dom::array choices);
  void see_typed(simdjson::dom::object message, const http::SseEvent& event);
  void see_terminal(simdjson::dom::object message);
  void finish_choice(std::uint64_t index);
  void keep_usage(simdjson::dom::element usage);
  bool hides_usage() const noexcept;

  Route route_;
  std::uint32_t choices_;
  UsageChunk usage_chunk_;
  std::vector<bool> finished_;  // by choices[].index
  std::uint32_t finished_choices_ = 0;
  const tokens::Model* model_;
  OutputCounter written_;
  Usage reported_;
  bool ended_ = false;
  bool failed_ = false;
};

}  // namespace penstock::openai
