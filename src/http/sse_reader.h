#pragma once

#include <cstddef>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/result.h"

namespace penstock::http {

/// One block of an event stream, with the bytes that it came in, its blank line included.
struct SseEvent {
  std::string_view raw;
  std::string_view event;  // type; empty: none given, which means "message"
  std::string_view data;   // data lines joined by LF; inside `raw` where there is one data line
  std::string_view id;     // last event id at this moment
  bool has_mark = false;   // `raw` starts with the byte order mark of the stream
  bool has_data = false;   // false: a comment or a block without data, which dispatches nothing
};

/// Cuts an event stream (WHATWG HTML, "server-sent events") into blocks. Line ends LF, CRLF and CR,
/// in any mix and cut anywhere; BOM at the start; comments; unknown fields ignored. Blocks without
/// data are given too, so that a relay can pass their bytes on. A block ends with its blank line's
/// CR where the LF behind has not come yet; that LF is then the first byte of the next block's
/// `raw`. Events do not depend on how the bytes were cut. No I/O, no copy where a whole block lies
/// in one piece.
///
///   TRY_VOID(reader.feed(bytes));
///   while (auto event = reader.next()) ...
class SseReader {
 public:
  /// A block longer than that is an error, so that memory is bounded.
  explicit SseReader(std::size_t max_event_bytes = 8 * 1024 * 1024);

  /// Gives more input. `bytes` must live as long as the events that next() makes of it are used;
  /// what is not a whole block is kept. Error: kUpstreamInvalid, a block is too long; whole blocks
  /// before it are still given by next(), then the reader is of no more use.
  Result<void> feed(std::string_view bytes);
  /// The next whole block, nullopt when more input is needed. Views live until the next feed(),
  /// which forgets blocks that were not asked for.
  std::optional<SseEvent> next();
  /// At the end of input: what was left unfinished, read leniently as if a blank line followed.
  /// nullopt when there is nothing. It is given once.
  std::optional<SseEvent> rest();
  /// Last valid reconnection time in milliseconds, if any was given.
  std::optional<unsigned long long> retry_ms() const noexcept { return retry_ms_; }
  /// True when bytes of an unfinished block are kept.
  bool holds_partial_event() const noexcept;

 private:
  void begin_feed();
  Result<void> end_block(std::string_view piece);
  Result<void> keep(std::string_view piece);
  SseEvent read_block(std::string_view raw);
  void read_line(std::string_view line, SseEvent& event);
  void read_field(std::string_view name, std::string_view value, SseEvent& event);
  void append_data(std::string_view value, SseEvent& event);
  std::string_view last_id() const noexcept { return fresh_id_ ? *fresh_id_ : last_id_; }

  std::size_t max_event_bytes_;
  std::string partial_;                   // bytes of the unfinished block
  std::vector<std::string_view> blocks_;  // of this feed, whole
  std::size_t next_block_ = 0;
  std::forward_list<std::string> texts_;  // what views of this feed's events need beside `bytes`
  std::optional<std::string_view> fresh_id_;  // last event id set since feed(); in texts_
  std::string last_id_;                       // last event id before feed()
  std::optional<unsigned long long> retry_ms_;
  std::string* joined_ = nullptr;  // in texts_: the data of the block being read, if in many lines
  std::size_t lead_bytes_ =
      0;  // 1: the unfinished block starts with the LF of the blank line before
  bool at_line_start_ = true;
  bool after_return_ = false;  // the last byte was CR: a LF now belongs to it
  bool at_stream_start_ = true;
};

}  // namespace penstock::http
