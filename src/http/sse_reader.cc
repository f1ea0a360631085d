#include "http/sse_reader.h"

#include <charconv>
#include <utility>

#include "http/ascii.h"
#include "http/line_ends.h"
#include "http/protocol_error.h"

namespace penstock::http {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kUsualBlocks = 256;  // of one feed

/// Past the line end at `at`, CRLF counting as one.
std::size_t skip_line_end(std::string_view text, std::size_t at) noexcept {
  return text.substr(at).starts_with("\r\n") ? at + 2 : at + 1;
}

Error too_long() {
  return internal::protocol_error(ErrorKind::kUpstreamInvalid,
                                  "an event of the stream is too long");
}

std::optional<unsigned long long> parse_retry(std::string_view value) {
  unsigned long long milliseconds = 0;
  if (value.empty() || !internal::kDigits.has_all(value)) return std::nullopt;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), milliseconds);
  if (parsed.ec != std::errc()) return std::nullopt;
  return milliseconds;
}

}  // namespace

SseReader::SseReader(std::size_t max_event_bytes) : max_event_bytes_(max_event_bytes) {}

bool SseReader::holds_partial_event() const noexcept {
  return partial_.size() > lead_bytes_;
}

Result<void> SseReader::feed(std::string_view bytes) {
  begin_feed();
  internal::LineEnds line_ends(bytes);
  std::size_t at = 0;
  std::size_t block_start = 0;
  if (after_return_ && bytes.starts_with('\n')) {
    at = 1;
    if (partial_.empty()) lead_bytes_ = 1;
  }
  while (at < bytes.size()) {
    const std::size_t line_end = line_ends.next(at);
    const bool blank = at_line_start_ && line_end == at;
    at_line_start_ = line_end < bytes.size();
    if (line_end == bytes.size()) break;
    at = skip_line_end(bytes, line_end);
    if (blank) TRY_VOID(end_block(bytes.substr(block_start, at - block_start)));
    if (blank) block_start = at;
  }
  if (!bytes.empty()) after_return_ = bytes.ends_with('\r');
  return keep(bytes.substr(block_start));
}

void SseReader::begin_feed() {
  if (fresh_id_) last_id_.assign(*fresh_id_);
  fresh_id_.reset();
  texts_.clear();
  next_block_ = 0;
  blocks_.clear();
  // A burst of tiny blocks leaves no memory behind.
  if (blocks_.capacity() > kUsualBlocks) blocks_ = std::vector<std::string_view>();
}

Result<void> SseReader::end_block(std::string_view piece) {
  // Had the LF of the blank line come late, it would be in the next block: it does not count.
  const std::size_t last = piece.ends_with("\r\n") ? 1 : 0;
  if (partial_.size() + piece.size() - lead_bytes_ - last > max_event_bytes_) return too_long();
  if (partial_.empty()) {
    blocks_.push_back(piece);
  } else {
    partial_.append(piece);
    texts_.push_front(std::exchange(partial_, {}));
    blocks_.push_back(texts_.front());
  }
  lead_bytes_ = 0;
  return {};
}

Result<void> SseReader::keep(std::string_view piece) {
  if (partial_.size() + piece.size() - lead_bytes_ > max_event_bytes_) return too_long();
  partial_.append(piece);
  return {};
}

std::optional<SseEvent> SseReader::next() {
  if (next_block_ == blocks_.size()) return std::nullopt;
  return read_block(blocks_[next_block_++]);
}

std::optional<SseEvent> SseReader::rest() {
  if (!holds_partial_event()) return std::nullopt;
  texts_.push_front(std::exchange(partial_, {}));
  return read_block(texts_.front());
}

SseEvent SseReader::read_block(std::string_view raw) {
  SseEvent event;
  event.raw = raw;
  event.id = last_id();
  joined_ = nullptr;
  std::string_view text = raw;
  event.has_mark = std::exchange(at_stream_start_, false) && text.starts_with(kByteOrderMark);
  if (event.has_mark) text.remove_prefix(kByteOrderMark.size());
  internal::LineEnds line_ends(text);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t line_end = line_ends.next(at);
    read_line(text.substr(at, line_end - at), event);
    at = line_end + 1;
  }
  // Whether an id was given, not whether it differs: comparing a long one with itself for each of
  // many short events takes quadratic time.
  if (event.id.data() != last_id().data()) {
    texts_.emplace_front(event.id);
    fresh_id_ = texts_.front();
  }
  return event;
}

void SseReader::read_line(std::string_view line, SseEvent& event) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return read_field(line, {}, event);
  auto value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  read_field(line.substr(0, colon), value, event);
}

void SseReader::read_field(std::string_view name, std::string_view value, SseEvent& event) {
  if (name == "data") {
    append_data(value, event);
  } else if (name == "event") {
    event.event = value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) event.id = value;
  } else if (name == "retry") {
    if (const auto retry = parse_retry(value)) retry_ms_ = retry;
  }
}

void SseReader::append_data(std::string_view value, SseEvent& event) {
  if (!std::exchange(event.has_data, true)) {
    event.data = value;
    return;
  }
  if (joined_ == nullptr) {
    texts_.emplace_front(event.data);
    joined_ = &texts_.front();
  }
  joined_->append("\n").append(value);
  event.data = *joined_;
}

}  // namespace penstock::http
