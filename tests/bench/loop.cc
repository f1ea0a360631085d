#include "bench/loop.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/check.h"

namespace penstock::bench {

Nanos now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  PENSTOCK_CHECK(epoll_ >= 0, "a process may have an epoll instance");
}

Loop::~Loop() {
  ::close(epoll_);
}

void Loop::watch(int fd, Socket& socket) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &socket;
  PENSTOCK_CHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0, "a new socket can be watched");
}

void Loop::call_at(Nanos at, Timer& timer) {
  calls_.push_back({at, &timer});
  std::push_heap(calls_.begin(), calls_.end(), later);
}

void Loop::run_timers() {
  while (!calls_.empty() && calls_.front().at <= now()) {
    std::pop_heap(calls_.begin(), calls_.end(), later);
    Timer* timer = calls_.back().timer;
    calls_.pop_back();
    timer->due();
  }
}

void Loop::run_once(Nanos until) {
  if (!calls_.empty()) until = std::min(until, calls_.front().at);
  const Nanos wait = std::max<Nanos>(until - now(), 0);
  const timespec timeout{wait / kSecond, wait % kSecond};
  std::array<epoll_event, 256> events;
  const int count =
      epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  for (int index = 0; index < count; ++index) {
    const epoll_event& event = events[static_cast<std::size_t>(index)];
    const bool ended = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    static_cast<Socket*>(event.data.ptr)->ready(ended);
  }
  run_timers();
}

}  // namespace penstock::bench
