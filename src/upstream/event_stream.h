#pragma once

#include <string>

#include "penstock/body.h"

#include "http/sse_reader.h"
#include "openai/stream_tracker.h"
#include "upstream/answer_reader.h"

namespace penstock::upstream {

/// The event stream of an upstream as a body: whole events, byte for byte, as soon as they are
/// there. It ends cleanly only when the stream came to its proper end ([DONE], a finish_reason for
/// every choice, or the terminal event of the responses API); anything else is an error.
class EventStream final : public BodySource {
 public:
  struct Patience {
    MonotonicTime first;  // when the first event must be there
    std::chrono::milliseconds
        idle;             // the longest silence between two events; comments do not count
    MonotonicTime until;  // when the total time is over
  };
  /// `upstream` outlives it: what is its owner's alone is taken out of the errors that it reports.
  EventStream(AnswerReader reader, openai::StreamTracker tracker, Patience patience,
              const config::UpstreamOptions& upstream, const Clock& clock);

  Result<std::optional<Chunk>> read(Deadline deadline) override;
  Usage usage() const override { return tracker_.usage(); }

 private:
  std::string_view take_events();
  void take(const http::SseEvent& event, std::string_view& run);
  Result<std::optional<Chunk>> end();

  AnswerReader reader_;
  http::SseReader events_;
  openai::StreamTracker tracker_;
  Patience patience_;
  const config::UpstreamOptions& upstream_;
  const Clock& clock_;
  MonotonicTime give_up_at_;
  std::string rebuilt_;             // output that is not one piece of the input
  bool line_feed_follows_ = false;  // perhaps: what was given ends with the CR of a CRLF
  bool done_ = false;
};

}  // namespace penstock::upstream
