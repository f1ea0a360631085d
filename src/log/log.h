#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "penstock/clock.h"
#include "penstock/result.h"

namespace penstock {

/// The process's log: one JSON object a line. Writing never blocks an event loop and never fails:
/// lines wait in a queue that is bounded in lines and in bytes, and the thread of spdlog's
/// asynchronous logger writes them. A line that finds it full, or no memory, is dropped and
/// counted; those that wait already tell how the trouble began. Thread-safe.
class Log {
 public:
  enum class Level { kDebug, kInfo, kWarning, kError };

  struct Options {
    std::string file = "stdout";     // stdout, stderr or a path, which is appended to
    std::size_t queue_lines = 8192;  // at most that many lines wait
    std::size_t queue_bytes = 16 << 20;
    std::chrono::milliseconds end_time{2000};  // what a file that takes nothing gets at the end
  };
  /// Error: the file cannot be opened; the message names it.
  static Result<std::unique_ptr<Log>> open(const Options& options, const Clock& clock);
  /// Whether open() would succeed, as far as that can be told without making the file.
  static Result<void> check(const Options& options);
  /// Writes what still waits; what the file does not take within end_time is lost.
  ~Log();

  /// Writes a line that is a JSON object already, given in pieces, without a line end. Its maker
  /// bounds its length.
  void write(std::initializer_list<std::string_view> pieces) noexcept;
  void write(std::string_view line) noexcept { write({line}); }
  /// A message of the program itself: {"ts","level","event":"server","message", ...}.
  /// `fields` are further members, already JSON, such as "\"port\":4000"; may be empty.
  void server(Level level, std::string_view message, std::string_view fields = {}) noexcept;
  /// Counts a line that could not even be made, for want of memory.
  void lose_line() noexcept;
  /// Lines lost so far: the queue was full, memory was, or the file could not be written.
  std::uint64_t dropped() const noexcept;
  /// The same of all logs that the process has or had.
  static std::uint64_t dropped_by_all();
  /// Waits until everything written so far is out or lost. Blocks, and for as long as the file
  /// does; for tests.
  void flush();
  /// The same for the end of the process: what the file does not take within end_time is lost.
  void finish();

 private:
  struct Impl;
  explicit Log(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The name in the lines: debug, info, warning, error.
const char* to_string(Log::Level level) noexcept;

/// RFC 3339 with milliseconds, in UTC: 2026-01-02T03:04:05.678Z.
std::string format_time(WallTime time);

}  // namespace penstock
