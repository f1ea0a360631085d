#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "penstock/clock.h"
#include "penstock/unique_function.h"

#include "runtime/fiber.h"

namespace penstock::runtime {

/// What has happened to a descriptor since it was last told.
struct Readiness {
  bool readable = false;  // bytes came, or the end, or an error
  bool writable = false;  // room came, or an error
  bool ended = false;     // the peer will send no more, or the connection broke
};

/// Hears of the descriptor that it gave to Loop::add.
class ReadinessHandler {
 public:
  /// Called on the loop, once for each change. Fibers that it wakes run when it has returned.
  virtual void on_ready(Readiness readiness) = 0;

 protected:
  ~ReadinessHandler() = default;
};

/// One event loop, run by one thread: its fibers, their timers, its sockets. Everything but post()
/// and stop() belongs to that thread.
///
/// It is epoll(7), edge-triggered: a descriptor is registered once and tells of each change, so a
/// request costs no call but its reads and writes. (Asio registers anew for each wait, which was
/// two more system calls a request and a tenth of its time.)
class Loop {
 public:
  explicit Loop(const Clock& clock);
  /// All fibers must have ended, or never run again: what their stacks own is then not released.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// The loop that runs on this thread. Call only from inside run().
  static Loop& current();

  /// Starts a fiber; it runs before spawn returns until it first waits, or as soon as the caller
  /// waits when that is a fiber. Throws std::bad_alloc when there is no memory for one.
  void spawn(UniqueFunction<void()> body);
  /// Runs `fn` on the loop's thread, outside of fibers. Any thread. Throws std::bad_alloc; when
  /// `fn` itself throws, that is said on stderr and the loop goes on.
  void post(UniqueFunction<void()> fn);
  /// Serves events until stop().
  void run();
  /// Serves events until no fiber is left. For tests and small programs.
  void run_until_idle();
  /// Makes run() return soon. Any thread.
  void stop();

  /// Wakes fibers whose time has come. The loop does that by itself; a test that has moved its
  /// clock calls it to have the effect now.
  void fire_timers();

  /// Tells `handler` what happens to the descriptor from now on, and what holds already. It stays
  /// until remove(). False: the system is out of memory or of its limit on watches.
  bool add(int descriptor, ReadinessHandler& handler);
  /// To be called before the descriptor is closed: nothing is told any more.
  void remove(int descriptor, ReadinessHandler& handler);

  const Clock& clock() const noexcept { return *clock_; }
  std::size_t fibers() const noexcept;
  /// Room to read into, shared by the loop's fibers: what is in it is lost when the fiber waits.
  std::span<char> scratch() noexcept;

 private:
  friend class Fiber;
  struct Impl;
  void set_timer(Fiber& fiber);
  void make_ready(Fiber& fiber);
  void run_ready();
  void turn();

  const Clock* clock_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace penstock::runtime
