// The gateway's look at a provider's event stream. How it ended and what it used depends on no cut;
// where the usage is taken out of an event, exactly that leaves the event's data.

#include <string>

#include "fuzz/input.h"
#include "fuzz/require.h"
#include "http/sse_reader.h"
#include "json/document.h"
#include "openai/stream_tracker.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;
using openai::StreamTracker;

std::string to_text(const StreamTracker& tracker) {
  const Usage usage = tracker.usage();
  return std::to_string(static_cast<int>(usage.origin)) + " " +
         std::to_string(usage.input.value_or(0)) + " " + std::to_string(usage.output.value_or(0)) +
         (tracker.complete() ? " complete" : "") + (tracker.ended() ? " ended" : "") +
         (tracker.failed() ? " failed" : "");
}

/// The data of a block that is not the first one of its stream, and that may start with the LF of
/// the blank line before.
std::string data_of(const std::string& block) {
  http::SseReader reader;
  const std::string stream = ":\r\r" + block;
  require(reader.feed(stream).has_value() && reader.next(), "a comment is a block");
  const auto event = reader.next();
  return event ? std::string(event->data) : std::string();
}

enum class Block { kFirst, kLater };

void check_cut(const http::SseEvent& event, Block which, json::Span cut) {
  require(cut.at <= event.raw.size() && cut.size <= event.raw.size() - cut.at,
          "what is cut lies inside of the event");
  if (cut.size == 0) return;
  const auto removal = json::remove_member(event.data, "usage");
  require(removal.has_value(), "only usage is cut");
  std::string block(event.raw);
  block.erase(cut.at, cut.size);
  if (which == Block::kFirst && block.starts_with("\xEF\xBB\xBF")) block.erase(0, 3);
  require_equal(data_of(block), json::apply(event.data, {*removal}),
                "the cut takes the usage out of the data and nothing else");
}

std::string follow(Route route, const Pieces& pieces) {
  http::SseReader reader;
  static const tokens::Model& model = tokens::Models::builtin().find("gpt-4o");
  StreamTracker keeps(route, 1, StreamTracker::UsageChunk::kKeep, &model);
  StreamTracker hides(route, 1, StreamTracker::UsageChunk::kHide, &model);
  Block which = Block::kFirst;
  std::string dropped;
  for (const auto piece : pieces) {
    const ExactCopy copy(piece);
    require(reader.feed(copy.text()).has_value(), "nothing here is too long");
    while (const auto event = reader.next()) {
      const auto kept = keeps.see(*event);
      require(!kept.drop && kept.cut.size == 0, "usage that was asked for stays");
      const auto hidden = hides.see(*event);
      if (hidden.drop) dropped.append(event->data).append(";");
      if (!hidden.drop) check_cut(*event, which, hidden.cut);
      which = Block::kLater;
    }
  }
  require_equal(to_text(hides), to_text(keeps), "hiding does not change what is known");
  return to_text(keeps) + " " + dropped;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr Route kRoutes[] = {Route::kChatCompletions, Route::kCompletions, Route::kResponses};
  Input input(data, size);
  const Route route = kRoutes[input.option(3)];
  const Cuts cuts(input);
  const auto bytes = input.rest();
  const std::string whole = follow(route, {bytes});
  for (const Pieces& pieces : cuts.of(bytes)) {
    require_equal(follow(route, pieces), whole, "cuts change nothing");
  }
  return 0;
}
