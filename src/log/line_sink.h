#pragma once

#include <chrono>
#include <utility>

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include "log/line_file.h"
#include "log/line_queue.h"

namespace penstock::internal {

/// The thread's side of a log: each message is a call to write what the queue holds. Then it rests
/// for 2 ms: under load one system call and one wake-up serve many lines, and without load a line
/// is out at once. Lives on the one thread of its pool.
class LineSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  /// `queue` outlives this.
  LineSink(LineQueue& queue, LineFile file) : queue_(queue), file_(std::move(file)) {}
  /// What the file does not take within that time from now is lost. Any thread.
  void hurry(std::chrono::milliseconds time) noexcept { file_.give_up_after(time); }

 protected:
  void sink_it_(const spdlog::details::log_msg& call) override;
  void flush_() override {}

 private:
  LineQueue& queue_;
  LineFile file_;
  LineQueue::Batch batch_;
};

}  // namespace penstock::internal
