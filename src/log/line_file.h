#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "penstock/clock.h"
#include "penstock/result.h"

namespace penstock::internal {

/// The file behind a log. A line is out as a whole or is counted as lost; the rest of a line that
/// broke off in the middle never joins the next one. Used by one thread at a time.
class LineFile {
 public:
  /// `name` is stdout, stderr or a path, which is made (mode 0640) or appended to. A named pipe is
  /// opened whether or not somebody reads it. Error: it cannot be opened; the message names it and
  /// the reason.
  static Result<LineFile> open(const std::string& name);
  /// Whether it could be opened or made, without doing so. Errors as above.
  static Result<void> check(const std::string& name);
  LineFile(LineFile&& other) noexcept;
  LineFile& operator=(LineFile&&) = delete;
  ~LineFile();

  /// Writes lines, each with its LF; the number of those that could not be written. Blocks while
  /// the file takes nothing, until the time of give_up_after.
  std::uint64_t write(std::string_view lines);
  /// From then on write() does not wait. Any thread.
  void give_up_after(std::chrono::milliseconds time) noexcept;

 private:
  explicit LineFile(int descriptor);
  std::size_t write_some(std::string_view text) const;
  bool wait_for_room() const;

  int descriptor_;  // ours; of stdout and stderr a duplicate
  bool may_block_;  // a pipe, a terminal, a socket: no file of a disk
  std::atomic<MonotonicTime> give_up_at_{MonotonicTime::max()};
  bool line_broken_ = false;
};

}  // namespace penstock::internal
