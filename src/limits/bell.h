#pragma once

#include <memory>

namespace penstock::runtime {
class Fiber;
class Loop;
}  // namespace penstock::runtime

namespace penstock::limits::internal {

/// Wakes one fiber from any thread. Made by that fiber, and shared with what is on its way to the
/// fiber's loop, so that a ring which comes too late finds nobody instead of a fiber that has
/// ended.
class Bell : public std::enable_shared_from_this<Bell> {
 public:
  /// For the current fiber.
  static std::shared_ptr<Bell> create();

  /// The fiber's park() returns, the present one or the next. Any thread, while the fiber's loop is
  /// there. Does nothing when there is no memory for a message to the loop.
  void ring() noexcept;
  /// Nobody is woken any more. On the fiber's loop.
  void mute() noexcept { fiber_ = nullptr; }

 private:
  explicit Bell(runtime::Fiber& fiber);

  runtime::Loop& loop_;
  runtime::Fiber* fiber_;  // used on its loop only
};

}  // namespace penstock::limits::internal
