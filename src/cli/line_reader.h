#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "penstock/result.h"

namespace penstock::cli {

/// The lines of a file, each as soon as it is complete, so that a program at the other end of a
/// pipe may wait for what was made of the one before. Keeps no more than one line, however long the
/// file is. Used by one thread; blocks.
class LineReader {
 public:
  /// Opens a file; "-" is stdin. Of a line with more than `max_bytes` nothing is kept. Error: its
  /// public_message says why the file cannot be opened.
  static Result<LineReader> open(const std::string& file, std::size_t max_bytes);
  LineReader(LineReader&& other) noexcept;
  LineReader& operator=(LineReader&&) = delete;
  ~LineReader();

  enum class Next {
    kLine,
    kTooLong,  // it was skipped
    kEnd,
    kFailed,  // the file cannot be read, and why() says why not
  };
  /// Goes on to the next line. The last one needs no end.
  Next next();
  /// The line, without its end (LF). Valid until the next call.
  std::string_view line() const noexcept { return line_; }
  /// Whether another whole line is there already, so that next() will not wait.
  bool has_line() const noexcept { return unread().find('\n') != std::string_view::npos; }
  std::string why() const;

 private:
  LineReader(int descriptor, std::size_t max_bytes)
      : descriptor_(descriptor), max_bytes_(max_bytes) {}
  std::string_view unread() const noexcept { return std::string_view(buffer_).substr(at_); }
  bool fill();
  void keep(std::string_view piece);

  int descriptor_;
  std::size_t max_bytes_;
  std::string buffer_;
  std::size_t at_ = 0;  // of the buffer, where what was not looked at begins
  std::string line_;
  bool too_long_ = false;
  int error_ = 0;
};

}  // namespace penstock::cli
