#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "penstock/result.h"

namespace penstock::cli {

/// The lines of a file, each as soon as it is complete, so that a program at the other end of a
/// pipe may wait for what was made of the one before. Blocks. For one thread.
class LineReader {
 public:
  /// Opens a file; "-" is stdin. Error: its public_message says why not.
  static Result<LineReader> open(const std::string& file, std::size_t max_line_bytes);
  LineReader(LineReader&& other) noexcept;
  LineReader& operator=(LineReader&&) = delete;
  ~LineReader();

  /// The next line without its end (LF or CRLF), good until the next call; nullopt: there is none.
  /// The last one may lack its end. Error as above; reading is over then.
  Result<std::optional<std::string_view>> next();
  /// Whether a whole line is there already, so that next() will not wait.
  bool has_line() const noexcept { return buffer_.find('\n', at_) != std::string::npos; }

 private:
  LineReader(int descriptor, std::size_t max_line_bytes)
      : descriptor_(descriptor), max_line_bytes_(max_line_bytes) {}
  Result<bool> read_more();

  int descriptor_;
  std::size_t max_line_bytes_;
  std::string buffer_;
  std::size_t at_ = 0;  // where the next line begins in the buffer
};

}  // namespace penstock::cli
