#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <utility>

#include <spdlog/async.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include "log/line_file.h"

namespace penstock::internal {

/// Writes the messages as they are, a line each, when the queue has run empty or much has gathered,
/// and then rests for 2 ms: under load one system call and one wake-up serve many lines, and
/// without load a line is out at once. Lives on the one thread of its pool; the counters may be
/// read anywhere.
class LineSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit LineSink(LineFile file) : file_(std::move(file)) {}
  /// The pool whose queue is looked at; it is destroyed before the sink.
  void watch(spdlog::details::thread_pool& pool) { pool_ = &pool; }
  /// What the file does not take within that time from now is lost. Any thread.
  void hurry(std::chrono::milliseconds time) noexcept { file_.give_up_after(time); }

  /// Counts a line as done that never came here. Any thread.
  void lose(std::size_t bytes) noexcept;

  /// Lines written or lost, and their bytes without line ends.
  const std::atomic<std::uint64_t>& done_lines() const noexcept { return done_lines_; }
  const std::atomic<std::uint64_t>& done_bytes() const noexcept { return done_bytes_; }
  std::uint64_t lost() const noexcept { return lost_.load(); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override;

 private:
  LineFile file_;
  spdlog::details::thread_pool* pool_ = nullptr;
  void done(std::uint64_t lines, std::uint64_t bytes) noexcept;

  std::uint64_t gathered_lines_ = 0;
  std::uint64_t gathered_bytes_ = 0;
  std::atomic<std::uint64_t> done_lines_{0};
  std::atomic<std::uint64_t> done_bytes_{0};
  std::atomic<std::uint64_t> lost_{0};
};

}  // namespace penstock::internal
