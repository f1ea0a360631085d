#include "runtime/loop.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <exception>
#include <limits>
#include <mutex>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>

#include "base/check.h"

namespace penstock::runtime {

namespace {

constexpr std::size_t kScratchBytes = 64 * 1024;
constexpr std::size_t kSpareFibers = 1024;
constexpr std::size_t kEventsAtOnce = 256;

thread_local Loop* running_loop = nullptr;

struct ByTime {
  bool operator()(const Fiber& a, const Fiber& b) const noexcept {
    return a.timer_at() < b.timer_at();
  }
};

Readiness readiness(std::uint32_t events) {
  const bool broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
  const bool ended = broken || (events & EPOLLRDHUP) != 0;
  return {ended || (events & EPOLLIN) != 0, broken || (events & EPOLLOUT) != 0, ended};
}

/// A task that throws is no fault of the fibers: the loop goes on.
void run_task(UniqueFunction<void()>& task) {
  try {
    task();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "penstock: a task of an event loop failed: %s\n", error.what());
  }
}

/// What epoll_wait takes, rounded up, so that nothing is due before its time.
int milliseconds_until(MonotonicTime then, MonotonicTime now) {
  if (then <= now) return 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(then - now).count();
  return static_cast<int>(std::min<std::int64_t>(left, std::numeric_limits<int>::max()));
}

}  // namespace

struct Loop::Impl final : ReadinessHandler {
  using Ready = boost::intrusive::list<
      Fiber, boost::intrusive::member_hook<Fiber, boost::intrusive::list_member_hook<>,
                                           &Fiber::ready_hook_>>;

  int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  int bell = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);  // rung by other threads
  std::array<epoll_event, kEventsAtOnce> events;
  std::size_t next_event = 0;  // those before it have been told
  std::size_t end_event = 0;

  boost::intrusive::multiset<Fiber, boost::intrusive::compare<ByTime>> timers;
  Ready ready;
  std::vector<std::unique_ptr<Fiber>> spare;
  std::size_t alive = 0;
  bool running_ready = false;

  std::mutex mutex;
  std::vector<UniqueFunction<void()>> posted;  // guarded by the mutex
  std::atomic<bool> stopped = false;

  std::vector<char> scratch = std::vector<char>(kScratchBytes);

  Impl() {
    spare.reserve(kSpareFibers);
    PENSTOCK_CHECK(epoll >= 0 && bell >= 0, "descriptors for an event loop are left");
  }
  ~Impl() {
    ::close(bell);
    ::close(epoll);
  }

  void ring() const {
    const std::uint64_t one = 1;
    // It fails only when it rings already.
    [[maybe_unused]] const ssize_t written = ::write(bell, &one, sizeof one);
  }

  /// The bell was rung: runs what was posted.
  void on_ready(Readiness) override {
    std::uint64_t rings = 0;
    [[maybe_unused]] const ssize_t got = ::read(bell, &rings, sizeof rings);
    std::vector<UniqueFunction<void()>> due;
    {
      const std::lock_guard lock(mutex);
      due.swap(posted);
    }
    for (auto& fn : due) run_task(fn);
  }

  int patience(const Clock& clock) const {
    return timers.empty() ? -1 : milliseconds_until(timers.begin()->timer_at(), clock.now());
  }
};

Loop::Loop(const Clock& clock) : clock_(&clock), impl_(std::make_unique<Impl>()) {
  PENSTOCK_CHECK(add(impl_->bell, *impl_), "an event loop can be woken");
}

Loop::~Loop() {
  impl_->timers.clear();
  impl_->ready.clear();
}

Loop& Loop::current() {
  PENSTOCK_CHECK(running_loop != nullptr, "this thread runs a loop");
  return *running_loop;
}

bool Loop::add(int descriptor, ReadinessHandler& handler) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &handler;
  return ::epoll_ctl(impl_->epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Loop::remove(int descriptor, ReadinessHandler& handler) {
  ::epoll_ctl(impl_->epoll, EPOLL_CTL_DEL, descriptor, nullptr);
  for (std::size_t i = impl_->next_event; i < impl_->end_event; ++i) {
    if (impl_->events[i].data.ptr == &handler) impl_->events[i].data.ptr = nullptr;
  }
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
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->posted.push_back(std::move(fn));
  }
  impl_->ring();
}

void Loop::run() {
  Loop* const outer = std::exchange(running_loop, this);
  while (!impl_->stopped) turn();
  impl_->stopped = false;
  running_loop = outer;
}

void Loop::run_until_idle() {
  Loop* const outer = std::exchange(running_loop, this);
  while (impl_->alive > 0) turn();
  running_loop = outer;
}

/// Waits for events, tells them, and wakes whose time has come.
void Loop::turn() {
  auto& events = impl_->events;
  const int count = ::epoll_wait(impl_->epoll, events.data(), static_cast<int>(events.size()),
                                 impl_->patience(*clock_));
  PENSTOCK_CHECK(count >= 0 || errno == EINTR, "epoll can wait");
  impl_->next_event = 0;
  impl_->end_event = static_cast<std::size_t>(std::max(count, 0));
  while (impl_->next_event < impl_->end_event) {
    const epoll_event& event = events[impl_->next_event++];
    if (event.data.ptr == nullptr) continue;  // removed by what an earlier one has set off
    impl_->running_ready = true;
    static_cast<ReadinessHandler*>(event.data.ptr)->on_ready(readiness(event.events));
    run_ready();
  }
  fire_timers();
}

void Loop::stop() {
  impl_->stopped = true;
  impl_->ring();
}

void Loop::fire_timers() {
  if (impl_->timers.empty()) return;
  const MonotonicTime now = clock_->now();
  while (!impl_->timers.empty() && impl_->timers.begin()->timer_at() <= now) {
    Fiber& fiber = *impl_->timers.begin();
    impl_->timers.erase(impl_->timers.begin());
    if (!fiber.parked_) continue;
    if (fiber.deadline_ <= now) {
      fiber.wake(Wake::kDeadline);
    } else {
      set_timer(fiber);
    }
  }
}

std::size_t Loop::fibers() const noexcept {
  return impl_->alive;
}

std::span<char> Loop::scratch() noexcept {
  return impl_->scratch;
}

/// Sees to it that the fiber is looked at when its deadline comes. A timer that fires too early
/// costs one look; to move it for each of a fiber's short waits would cost far more, so it stays
/// where it is until it fires or is too late.
void Loop::set_timer(Fiber& fiber) {
  if (fiber.is_linked()) {
    if (fiber.timer_at_ <= fiber.deadline_) return;
    impl_->timers.erase(impl_->timers.iterator_to(fiber));
  }
  if (fiber.deadline_ == MonotonicTime::max()) return;
  fiber.timer_at_ = fiber.deadline_;
  impl_->timers.insert(fiber);
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
    if (fiber.is_linked()) impl_->timers.erase(impl_->timers.iterator_to(fiber));
    std::unique_ptr<Fiber> ended(&fiber);
    if (impl_->spare.size() < kSpareFibers) impl_->spare.push_back(std::move(ended));
  }
  running_loop = outer;
  impl_->running_ready = false;
}

}  // namespace penstock::runtime
