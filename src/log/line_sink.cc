#include "log/line_sink.h"

#include <chrono>
#include <string_view>
#include <thread>

namespace penstock::internal {

namespace {
using namespace std::chrono_literals;
constexpr std::size_t kWriteBytes = 64 * 1024;
// While this thread rests, those who log need not wake it, which costs them more than the line.
constexpr auto kRest = 2ms;
}  // namespace

void LineSink::sink_it_(const spdlog::details::log_msg& message) {
  file_.add(std::string_view(message.payload.data(), message.payload.size()));
  if (pool_->queue_size() > 0 && file_.gathered_bytes() < kWriteBytes) return;
  flush_();
  if (pool_->queue_size() == 0) std::this_thread::sleep_for(kRest);
}

void LineSink::flush_() {
  const std::uint64_t lines = file_.gathered_lines();
  lost_.fetch_add(file_.write_out());
  done_.fetch_add(lines);
  done_.notify_all();
}

}  // namespace penstock::internal
