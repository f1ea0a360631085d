#include "log/line_sink.h"

#include <string_view>

namespace penstock::internal {

namespace {
constexpr std::size_t kWriteBytes = 64 * 1024;
}

void LineSink::sink_it_(const spdlog::details::log_msg& message) {
  file_.add(std::string_view(message.payload.data(), message.payload.size()));
  if (file_.gathered_bytes() >= kWriteBytes || pool_->queue_size() == 0) flush_();
}

void LineSink::flush_() {
  const std::uint64_t lines = file_.gathered_lines();
  lost_.fetch_add(file_.write_out());
  done_.fetch_add(lines);
  done_.notify_all();
}

}  // namespace penstock::internal
