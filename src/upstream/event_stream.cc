#include "upstream/event_stream.h"

#include <algorithm>
#include <utility>

#include "upstream/failure.h"
#include "upstream/redact.h"

namespace penstock::upstream {

namespace {

using namespace std::chrono_literals;
// After the last event the end of the body follows at once; who dawdles loses the connection only.
constexpr auto kEndGrace = 1s;
// Of a stream at the pace of a model.
constexpr std::size_t kUsualRead = 480;

}  // namespace

EventStream::EventStream(AnswerReader reader, openai::StreamTracker tracker, Patience patience,
                         const config::UpstreamOptions& upstream, const Clock& clock)
    : reader_(std::move(reader)),
      tracker_(std::move(tracker)),
      patience_(patience),
      upstream_(upstream),
      clock_(clock),
      give_up_at_(patience.first) {}

Result<std::optional<Chunk>> EventStream::read(Deadline deadline) {
  while (true) {
    Deadline until = deadline;
    until.at =
        std::min({until.at, patience_.until, done_ ? clock_.recent() + kEndGrace : give_up_at_});
    auto bytes = reader_.read(until);
    if (!bytes) {
      if (done_ && bytes.error().kind != ErrorKind::kCancelled) return end();
      return bytes.error();
    }
    if (bytes->empty()) return end();
    if (done_) {
      if (std::exchange(line_feed_follows_, false) && bytes->starts_with('\n')) {
        return std::optional<Chunk>(Chunk{bytes->substr(0, 1)});
      }
      continue;
    }
    TRY_VOID(events_.feed(*bytes));
    const std::string_view out = take_events();
    line_feed_follows_ = out.ends_with('\r');
    if (!out.empty()) return std::optional<Chunk>(Chunk{out});
  }
}

std::string_view EventStream::take_events() {
  rebuilt_.clear();
  std::string_view run;
  while (auto event = events_.next()) {
    if (!done_) take(*event, run);
  }
  if (rebuilt_.empty()) return run;
  rebuilt_.append(run);
  return rebuilt_;
}

void EventStream::take(const http::SseEvent& event, std::string_view& run) {
  const openai::StreamTracker::Verdict verdict = tracker_.see(event);
  if (event.has_data) give_up_at_ = clock_.recent() + patience_.idle;
  done_ = tracker_.ended();

  if (tracker_.failed()) {
    rebuilt_.append(run);
    rebuilt_.append(redact(event.raw, upstream_));
    run = {};
    return;
  }
  const bool untouched = !verdict.drop && verdict.cut.size == 0;
  if (untouched && run.data() + run.size() == event.raw.data()) {
    run = {run.data(), run.size() + event.raw.size()};
    return;
  }
  if (rebuilt_.empty()) rebuilt_.reserve(kUsualRead);
  rebuilt_.append(run);
  run = {};
  if (untouched) {
    run = event.raw;
  } else if (!verdict.drop) {
    rebuilt_.append(event.raw.substr(0, verdict.cut.at));
    rebuilt_.append(event.raw.substr(verdict.cut.at + verdict.cut.size));
  }
}

Result<std::optional<Chunk>> EventStream::end() {
  rebuilt_.clear();
  std::string_view run;
  if (auto last = events_.rest(); last && !done_) take(*last, run);
  rebuilt_.append(run);
  if (!rebuilt_.empty()) {
    // What lacks its blank line would not be dispatched by a client.
    rebuilt_.append(rebuilt_.back() == '\n' ? "\n" : "\n\n");
    return std::optional<Chunk>(Chunk{rebuilt_});
  }
  if (tracker_.failed() || !tracker_.complete()) {
    Error error =
        failure({runtime::IoError::Kind::kClosed, "the stream ended early"}, "the stream");
    if (tracker_.failed()) {
      error.detail = "the provider reported an error in its stream";
      error.public_message.clear();  // the client has that report already
    }
    return error;
  }
  return std::optional<Chunk>{};
}

}  // namespace penstock::upstream
