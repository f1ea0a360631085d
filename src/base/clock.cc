#include "penstock/clock.h"

#include <ctime>

namespace penstock {

namespace {

class SystemClock final : public Clock {
 public:
  MonotonicTime now() const override { return std::chrono::steady_clock::now(); }
  /// The time of the kernel's last tick (clock_gettime(2)), which on the usual kernels is at most
  /// 10 ms ago and costs no look at the processor's counter. steady_clock is CLOCK_MONOTONIC.
  MonotonicTime recent() const override {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
    return MonotonicTime(std::chrono::seconds(time.tv_sec) +
                         std::chrono::nanoseconds(time.tv_nsec));
  }
  WallTime wall_now() const override { return std::chrono::system_clock::now(); }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace penstock
