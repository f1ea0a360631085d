#pragma once

#include <atomic>
#include <new>

#include "penstock/clock.h"

#include "runtime/fiber.h"
#include "runtime/loop.h"

namespace penstock::limits::remote {

/// Wakes one fiber from any thread; rings that nobody has heard yet are one.
class Bell {
 public:
  /// `loop` is the fiber's and outlives this; tasks that it has not run by then never run.
  explicit Bell(runtime::Loop& loop) : loop_(loop) {}

  void ring() {
    if (rung_.exchange(true)) return;
    try {
      loop_.post([this] {
        if (waiter_ != nullptr) waiter_->notify();
      });
    } catch (const std::bad_alloc&) {
      rung_ = false;  // the next ring tries again
    }
  }
  /// Suspends the fiber until it rings, or rang since the last wait, or that time has come.
  void wait(MonotonicTime until) {
    waiter_ = &runtime::Fiber::current();
    while (!rung_ && waiter_->park({until}) != runtime::Wake::kDeadline) {
    }
    waiter_ = nullptr;
    rung_ = false;
  }

 private:
  runtime::Loop& loop_;
  std::atomic<bool> rung_ = false;
  runtime::Fiber* waiter_ = nullptr;  // on the loop
};

}  // namespace penstock::limits::remote
