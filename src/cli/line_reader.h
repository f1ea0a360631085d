#pragma once

#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace penstock::cli {

/// Reads a stream line by line and keeps no more than one of them, however long the stream is. Used
/// by one thread; blocks.
class LineReader {
 public:
  /// `stream` outlives this. Of a line with more than `max_bytes` nothing is kept.
  LineReader(std::FILE& stream, std::size_t max_bytes) : stream_(&stream), max_bytes_(max_bytes) {}

  enum class Next {
    kLine,
    kTooLong,  // it was skipped
    kEnd,
    kFailed,  // the stream cannot be read
  };
  /// Goes on to the next line. The last one needs no end.
  Next next();
  /// The line, without its end. Valid until the next call.
  std::string_view line() const noexcept { return line_; }

 private:
  bool fill();
  void keep(std::string_view piece);

  std::FILE* stream_;
  std::size_t max_bytes_;
  std::array<char, 65536> buffer_{};
  std::string_view unread_;  // of the buffer
  std::string line_;
  bool too_long_ = false;
};

}  // namespace penstock::cli
