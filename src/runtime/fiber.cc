#include "runtime/fiber.h"

#include <utility>

#include "base/check.h"
#include "runtime/context.h"
#include "runtime/loop.h"

namespace penstock {

void Cancel::request() {
  if (std::exchange(requested_, true)) return;
  if (waiter_ != nullptr) waiter_->wake(runtime::Wake::kCancelled);
}

namespace runtime {

namespace {
thread_local Fiber* running = nullptr;
}

Fiber* Fiber::current_or_null() noexcept {
  return running;
}

Fiber& Fiber::current() {
  PENSTOCK_CHECK(running != nullptr, "only a fiber can wait");
  return *running;
}

Fiber::Fiber(Loop& loop) : loop_(&loop), context_(std::make_unique<Context>()) {}

Fiber::~Fiber() = default;

void Fiber::start(UniqueFunction<void()> body) {
  notified_ = false;
  parked_ = false;
  context_->start(std::move(body));
}

bool Fiber::resume() {
  running = this;
  context_->enter();
  running = nullptr;
  return context_->ended();
}

void Fiber::trim_stack() {
  context_->trim();
}

void Fiber::suspend() {
  context_->leave();
}

Wake Fiber::park(Deadline deadline) {
  if (std::exchange(notified_, false)) return Wake::kNotified;
  if (deadline.cancel != nullptr && deadline.cancel->requested()) return Wake::kCancelled;

  deadline_ = deadline.at;
  loop_->set_timer(*this);
  if (deadline.cancel != nullptr) deadline.cancel->waiter_ = this;
  parked_ = true;
  suspend();
  if (deadline.cancel != nullptr) deadline.cancel->waiter_ = nullptr;
  return reason_;
}

void Fiber::wake(Wake reason) {
  if (!parked_) {
    if (reason == Wake::kNotified) notified_ = true;
    return;
  }
  parked_ = false;
  reason_ = reason;
  loop_->make_ready(*this);
}

}  // namespace runtime
}  // namespace penstock
