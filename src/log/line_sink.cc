#include "log/line_sink.h"

#include <chrono>
#include <string_view>
#include <thread>
#include <utility>

namespace penstock::internal {

namespace {
using namespace std::chrono_literals;
constexpr std::size_t kWriteBytes = 64 * 1024;
// While this thread rests, those who log need not wake it, which costs them more than the line.
constexpr auto kRest = 2ms;
}  // namespace

void LineSink::sink_it_(const spdlog::details::log_msg& message) {
  const std::string_view line(message.payload.data(), message.payload.size());
  ++gathered_lines_;
  gathered_bytes_ += line.size();
  if (!file_.add(line)) lost_.fetch_add(1);
  if (pool_->queue_size() > 0 && file_.gathered_bytes() < kWriteBytes) return;
  flush_();
  if (pool_->queue_size() == 0) std::this_thread::sleep_for(kRest);
}

void LineSink::flush_() {
  lost_.fetch_add(file_.write_out());
  done(std::exchange(gathered_lines_, 0), std::exchange(gathered_bytes_, 0));
}

void LineSink::lose(std::size_t bytes) noexcept {
  lost_.fetch_add(1);
  done(1, bytes);
}

void LineSink::done(std::uint64_t lines, std::uint64_t bytes) noexcept {
  done_bytes_.fetch_add(bytes);
  done_lines_.fetch_add(lines);
  done_lines_.notify_all();
}

}  // namespace penstock::internal
