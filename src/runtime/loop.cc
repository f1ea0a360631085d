#include "runtime/loop.h"

#include <deque>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/set.hpp>

#include "base/check.h"

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

struct Loop::Impl {
  Impl() : io(1), timer(io) {}

  asio::io_context io;
  asio::steady_timer timer;
  MonotonicTime armed_at = MonotonicTime::max();  // when `timer` fires
  boost::intrusive::multiset<Fiber, boost::intrusive::compare<ByTime>> timers;
  std::deque<Fiber*> ready;
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
    timer.expires_after(first - loop.clock().now());  // a test's clock is not the machine's
    timer.async_wait([this, &loop](const boost::system::error_code& error) {
      if (error) return;  // moved to an earlier time
      armed_at = MonotonicTime::max();
      loop.fire_timers();
    });
  }
};

Loop::Loop(const Clock& clock) : clock_(&clock), impl_(std::make_unique<Impl>()) {}

Loop::~Loop() {
  impl_->timers.clear();
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
  fiber->start(std::move(body));
  ++impl_->alive;
  make_ready(*fiber.release());  // run_ready takes it back when it has ended
}

void Loop::post(UniqueFunction<void()> fn) {
  asio::post(impl_->io, [fn = std::move(fn)]() mutable { fn(); });
}

void Loop::run() {
  Loop* const outer = std::exchange(running_loop, this);
  const auto work = asio::make_work_guard(impl_->io);
  impl_->io.run();
  running_loop = outer;
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
  impl_->ready.push_back(&fiber);
  if (!impl_->running_ready && Fiber::current_or_null() == nullptr) run_ready();
}

void Loop::run_ready() {
  impl_->running_ready = true;
  Loop* const outer = std::exchange(running_loop, this);
  while (!impl_->ready.empty()) {
    Fiber* const fiber = impl_->ready.front();
    impl_->ready.pop_front();
    if (!fiber->resume()) continue;
    --impl_->alive;
    std::unique_ptr<Fiber> ended(fiber);
    if (impl_->spare.size() < kSpareFibers) impl_->spare.push_back(std::move(ended));
  }
  running_loop = outer;
  impl_->running_ready = false;
  if (impl_->until_idle && impl_->alive == 0) impl_->io.stop();
}

}  // namespace penstock::runtime
