#pragma once

#include <cstddef>
#include <memory>

#include <boost/intrusive/list_hook.hpp>
#include <boost/intrusive/set_hook.hpp>

#include "penstock/clock.h"
#include "penstock/unique_function.h"

#include "runtime/cancel.h"

namespace penstock::runtime {

class Loop;

/// Why park() came back.
enum class Wake { kNotified, kDeadline, kCancelled };

/// A stackful coroutine: code in it reads top to bottom and blocks nothing but itself. It belongs
/// to one loop and never leaves it. Made by Loop::spawn; it and its stack go back to the loop's
/// pool when its function returns.
///
/// The layer is ours because one wait here has several sources (two sockets, a deadline, a
/// cancellation), which asio::spawn gives only through a group of operations with a handler each,
/// and because the sanitizers must be told of every switch.
class Fiber : public boost::intrusive::set_base_hook<> {
 public:
  /// The fiber that runs now. Call only inside one.
  static Fiber& current();
  /// Null outside of fibers.
  static Fiber* current_or_null() noexcept;

  /// Suspends until notify(), the deadline, or its cancellation. A notification that came before is
  /// taken at once. May wake without cause: test the condition and park again.
  Wake park(Deadline deadline);
  /// Wakes the fiber, or lets its next park() return at once. On the loop's thread only; the fiber
  /// must still run (whoever keeps a pointer clears it before the fiber ends).
  void notify() { wake(Wake::kNotified); }

  /// Gives back to the system the memory of the stack that the fiber used before and does not use
  /// now. For the running fiber, before a long wait. One system call.
  void trim_stack();

  Loop& loop() const noexcept { return *loop_; }
  /// When its timer fires: never after its deadline, and often before, see Loop::set_timer.
  MonotonicTime timer_at() const noexcept { return timer_at_; }

  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

 private:
  friend class Loop;
  friend class penstock::Cancel;
  class Context;

  explicit Fiber(Loop& loop);
  void start(UniqueFunction<void()> body);
  /// Runs it until it parks or ends; true: it has ended.
  bool resume();
  void wake(Wake reason);
  void suspend();

  Loop* loop_;
  boost::intrusive::list_member_hook<> ready_hook_;  // in the loop's list of those to run
  std::unique_ptr<Context> context_;
  MonotonicTime deadline_ = MonotonicTime::max();  // of its last park()
  MonotonicTime timer_at_ = MonotonicTime::max();  // while it is in the loop's set of timers
  Wake reason_ = Wake::kNotified;
  bool parked_ = false;
  bool notified_ = false;
};

}  // namespace penstock::runtime
