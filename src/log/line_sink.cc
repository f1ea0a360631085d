#include "log/line_sink.h"

#include <thread>

namespace penstock::internal {

namespace {
using namespace std::chrono_literals;
// While this thread rests, those who log need not wake it, which costs them more than the line.
constexpr auto kRest = 2ms;
}  // namespace

void LineSink::sink_it_(const spdlog::details::log_msg&) {
  queue_.take(batch_);
  queue_.done(batch_, file_.write(batch_.text));
  if (queue_.empty()) std::this_thread::sleep_for(kRest);
}

}  // namespace penstock::internal
