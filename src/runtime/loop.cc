#include "runtime/loop.h"

#include <chrono>
#include <cstdio>
#include <exception>
#include <utility>
#include <vector>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>

#include "base/check.h"
#include "runtime/handler_memory.h"

namespace penstock::runtime {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kScratchBytes = 64 * 1024;
constexpr std::size_t kSpareFibers = 1024;

thread_local Loop* running_loop = nullptr;

struct ByTime {
  bool operator()(const Fiber& a, const Fiber& b) const noexcept {
    return a.wake_at() < b.wake_at();
  }
};

}  // namespace

/// A steady_timer whose executor is no erased type, which would need memory of its own.
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;

struct Loop::Impl {
  using Ready = boost::intrusive::list<
      Fiber, boost::intrusive::member_hook<Fiber, boost::intrusive::list_member_hook<>,
                                           &Fiber::ready_hook_>>;

  Impl() : io(1), timer(io) { spare.reserve(kSpareFibers); }

  HandlerMemory timer_memory;
  asio::io_context io;
  Timer timer;
  bool timer_waits = false;
  MonotonicTime armed_at = MonotonicTime::max();  // when `timer` fires
  boost::intrusive::multiset<Fiber, boost::intrusive::compare<ByTime>> timers;
  Ready ready;
  std::vector<std::unique_ptr<Fiber>> spare;
  std::size_t alive = 0;
  bool running_ready = false;
  bool until_idle = false;
  std::vector<char> scratch = std::vector<char>(kScratchBytes);

  void arm(Loop& loop) {
    if (timers.empty()) return;
    const MonotonicTime first = timers.begin()->wake_at();
    // A timer that fires too early costs one look; moving it for each wait would cost far more.
    if (armed_at <= first) return;
    armed_at = first;
    // A test's clock is not the machine's. A wait that is under way hears that it was moved.
    timer.expires_after(first - loop.clock().now());
    if (!timer_waits) wait_for_timer(loop);
  }

  void wait_for_timer(Loop& loop) {
    timer_waits = true;
    timer.async_wait(asio::bind_allocator(
        HandlerAllocator<void>(timer_memory),
        [this, &loop](const boost::system::error_code& moved_to_an_earlier_time) {
          if (moved_to_an_earlier_time) return wait_for_timer(loop);
          timer_waits = false;
          armed_at = MonotonicTime::max();
          loop.fire_timers();
        }));
  }
};

Loop::Loop(const Clock& clock) : clock_(&clock), impl_(std::make_unique<Impl>()) {}

Loop::~Loop() {
  impl_->timers.clear();
  impl_->ready.clear();
}

Loop& Loop::current() {
  PENSTOCK_CHECK(running_loop != nullptr, "this thread runs a loop");
  return *running_loop;
}

void Loop::spawn(UniqueFunction<void()> body) {
  std::unique_ptr<Fiber> fiber;
  if (impl_->spare.empty()) {
    fiber.reset(new Fiber(*this));
  } else {
    fiber = std::move(impl_->spare.back());
    impl_->spare.pop_back();
  }
  fiber->start(std::move(body));  // the last that could throw
  ++impl_->alive;
  make_ready(*fiber.release());  // run_ready takes it back when it has ended
}

void Loop::post(UniqueFunction<void()> fn) {
  asio::post(impl_->io, [fn = std::move(fn)]() mutable { fn(); });
}

void Loop::run() {
  Loop* const outer = std::exchange(running_loop, this);
  const auto work = asio::make_work_guard(impl_->io);
  while (!run_until_stopped()) {
  }
  running_loop = outer;
}

/// False: a posted function threw, which is no fault of the fibers; run on.
bool Loop::run_until_stopped() {
  try {
    impl_->io.run();
    return true;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "penstock: a task of an event loop failed: %s\n", error.what());
    return false;
  }
}

void Loop::run_until_idle() {
  impl_->until_idle = true;
  impl_->io.restart();
  if (impl_->alive > 0) run();
  impl_->until_idle = false;
}

void Loop::stop() {
  impl_->io.stop();
}

void Loop::fire_timers() {
  const MonotonicTime now = clock_->now();
  while (!impl_->timers.empty() && impl_->timers.begin()->wake_at() <= now) {
    Fiber& fiber = *impl_->timers.begin();
    impl_->timers.erase(impl_->timers.begin());
    fiber.wake(Wake::kDeadline);
  }
  impl_->arm(*this);
}

std::size_t Loop::fibers() const noexcept {
  return impl_->alive;
}

asio::io_context& Loop::io() noexcept {
  return impl_->io;
}

std::span<char> Loop::scratch() noexcept {
  return impl_->scratch;
}

void Loop::add_timer(Fiber& fiber) {
  impl_->timers.insert(fiber);
  impl_->arm(*this);
}

void Loop::remove_timer(Fiber& fiber) {
  impl_->timers.erase(impl_->timers.iterator_to(fiber));
}

void Loop::make_ready(Fiber& fiber) {
  impl_->ready.push_back(fiber);
  if (!impl_->running_ready && Fiber::current_or_null() == nullptr) run_ready();
}

void Loop::run_ready() {
  impl_->running_ready = true;
  Loop* const outer = std::exchange(running_loop, this);
  while (!impl_->ready.empty()) {
    Fiber& fiber = impl_->ready.front();
    impl_->ready.pop_front();
    if (!fiber.resume()) continue;
    --impl_->alive;
    std::unique_ptr<Fiber> ended(&fiber);
    if (impl_->spare.size() < kSpareFibers) impl_->spare.push_back(std::move(ended));
  }
  running_loop = outer;
  impl_->running_ready = false;
  if (impl_->until_idle && impl_->alive == 0) impl_->io.stop();
}

}  // namespace penstock::runtime
