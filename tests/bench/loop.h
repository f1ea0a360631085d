#pragma once

#include <cstdint>
#include <vector>

namespace penstock::bench {

/// Nanoseconds of the monotonic clock.
using Nanos = std::int64_t;
inline constexpr Nanos kSecond = 1'000'000'000;
inline constexpr Nanos kMillisecond = 1'000'000;
Nanos now();

/// Sockets and timers of one thread. What it watches belongs to others and has to outlive it: late
/// events may still come to a socket that was closed, and cost nothing but a look.
class Loop {
 public:
  class Socket {
   public:
    virtual ~Socket() = default;
    /// Something may be read or written again. `ended`: the peer will send nothing more.
    virtual void ready(bool ended) = 0;
  };
  class Timer {
   public:
    virtual ~Timer() = default;
    virtual void due() = 0;
  };

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Watches a socket until it is closed, edge-triggered: one call for its whole life.
  void watch(int fd, Socket& socket);
  void call_at(Nanos at, Timer& timer);
  /// Waits for what is next, at most until then, and tells everybody whom it concerns.
  void run_once(Nanos until);

 private:
  struct Call {
    Nanos at;
    Timer* timer;
  };
  static bool later(const Call& left, const Call& right) { return left.at > right.at; }
  void run_timers();

  int epoll_;
  std::vector<Call> calls_;  // a heap, the earliest in front
};

}  // namespace penstock::bench
