// An event stream. Events depend on no cut and are those of a reader by the book; no byte is lost;
// no event is longer than allowed.

#include <string>
#include <vector>

#include "fuzz/input.h"
#include "fuzz/require.h"
#include "http/sse_reader.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;

struct Read {
  std::string events;  // of each: type, data, id
  std::string rest;    // the unfinished one
  std::string raw;
  std::string retry;
  bool too_long = false;
};

std::string describe(std::string_view type, std::string_view data, std::string_view id) {
  std::string text;
  for (const auto part : {type, data, id}) {
    text.append(std::to_string(part.size())).append(":").append(part).append(",");
  }
  return text + "\n";
}

void take_events(http::SseReader& reader, std::size_t max_bytes, Read& read) {
  while (const auto event = reader.next()) {
    // Beside the event: line ends of the blank lines behind this event and the one before.
    require(event->raw.size() <= max_bytes + 2, "no event is longer than allowed");
    read.raw.append(event->raw);
    if (event->has_data) read.events += describe(event->event, event->data, event->id);
  }
}

Read read(std::size_t max_bytes, const Pieces& pieces) {
  http::SseReader reader(max_bytes);
  Read read;
  for (const auto piece : pieces) {
    const ExactCopy copy(piece);
    read.too_long = !reader.feed(copy.text());
    take_events(reader, max_bytes, read);
    if (read.too_long) return read;
  }
  if (const auto event = reader.rest()) {
    read.rest = describe(event->event, event->data, event->id);
    read.raw.append(event->raw);
  }
  require(!reader.rest(), "the rest is given once");
  if (const auto retry = reader.retry_ms()) read.retry = std::to_string(*retry);
  return read;
}

void require_same(const Read& found, const Read& wanted) {
  require(found.too_long == wanted.too_long, "cuts do not change what is too long");
  require_equal(found.events, wanted.events, "cuts change no event");
  require_equal(found.rest, wanted.rest, "cuts do not change the rest");
  require_equal(found.retry, wanted.retry, "cuts do not change the reconnection time");
}

/// The bytes given out are those that came in; the LF of the very last line end may be missing.
void check_raw(const Read& read, std::string_view bytes) {
  if (read.too_long) return;
  std::string raw = read.raw;
  if (raw.size() + 1 == bytes.size() && bytes.ends_with("\r\n")) raw += '\n';
  require_equal(raw, bytes, "no byte is lost");
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) return lines;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
  }
}

/// The steps of WHATWG HTML section 9.2.6, "interpreting an event stream".
std::string events_by_the_book(std::string_view bytes) {
  std::string events;
  std::string data;
  std::string type;
  std::string id;
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  for (const auto line : lines_of(bytes)) {
    if (line.empty()) {
      if (!data.empty()) events += describe(type, data.substr(0, data.size() - 1), id);
      data.clear();
      type.clear();
      continue;
    }
    const auto name = line.substr(0, line.find(':'));
    auto value = line.substr(std::min(name.size() + 1, line.size()));
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "data") data.append(value).append("\n");
    if (name == "event") type = value;
    if (name == "id" && value.find('\0') == std::string_view::npos) id = value;
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMaxBytes[] = {8 << 20, 16, 100};
  Input input(data, size);
  const std::size_t max_bytes = kMaxBytes[input.option(3)];
  const Cuts cuts(input);
  const auto bytes = input.rest();

  const Read whole = read(max_bytes, {bytes});
  check_raw(whole, bytes);
  for (const Pieces& pieces : cuts.of(bytes)) {
    const Read cut = read(max_bytes, pieces);
    require_same(cut, whole);
    check_raw(cut, bytes);
  }
  if (!whole.too_long) {
    require_equal(whole.events, events_by_the_book(bytes), "events are those by the book");
  }
  return 0;
}
