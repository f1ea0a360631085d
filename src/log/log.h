#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "penstock/clock.h"
#include "penstock/result.h"

namespace penstock {

/// The process's log: one JSON object a line. Writing never blocks an event loop: lines go through
/// spdlog's asynchronous logger with a bounded queue; when it is full the oldest line is dropped
/// and counted. Thread-safe.
class Log {
 public:
  enum class Level { kDebug, kInfo, kWarning, kError };

  struct Options {
    std::string file = "stdout";     // stdout, stderr or a path, which is appended to
    std::size_t queue_lines = 8192;  // at most that many lines wait
  };
  /// Error: the file cannot be opened; the message names it.
  static Result<std::unique_ptr<Log>> open(const Options& options, const Clock& clock);
  /// Whether open() would succeed, as far as that can be told without making the file.
  static Result<void> check(const Options& options);
  /// Writes what still waits.
  ~Log();

  /// Writes a line that is a JSON object already, without a line end. Its maker bounds its length.
  void write(std::string_view json_line);
  /// A message of the program itself: {"ts","level","event":"server","message", ...}.
  /// `fields` are further members, already JSON, such as "\"port\":4000"; may be empty.
  void server(Level level, std::string_view message, std::string_view fields = {});
  /// Lines lost so far: the queue was full, or the file could not be written.
  std::uint64_t dropped() const noexcept;
  /// The same of all logs that the process has or had.
  static std::uint64_t dropped_by_all();
  /// Waits until everything written so far is out. Blocks; for the end of the process and tests.
  void flush();

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
