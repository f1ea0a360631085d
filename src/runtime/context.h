#pragma once

#include <cstddef>

#include <boost/context/detail/fcontext.hpp>

#include "penstock/unique_function.h"

#include "runtime/fiber.h"

namespace penstock::runtime {

/// A stack and the switch to and from it: the one place where control changes stacks, and where the
/// address and thread sanitizers are told of it. The stack has a guard page below it; a fiber that
/// overruns it crashes instead of writing into a neighbour.
class Fiber::Context {
 public:
  /// Throws std::bad_alloc when no memory can be mapped.
  Context();
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  /// Prepares to run `body` at the next enter(). The last body must have ended.
  void start(UniqueFunction<void()> body);
  /// From the loop: runs until leave() or the end of the body.
  void enter();
  /// From the body: back to the loop.
  void leave();
  /// From the body: drops what lies below the stack's present end.
  void trim() noexcept;
  bool ended() const noexcept { return ended_; }

 private:
  static void main(boost::context::detail::transfer_t transfer);

  void* mapping_ = nullptr;
  boost::context::detail::fcontext_t inside_ = nullptr;
  boost::context::detail::fcontext_t outside_ = nullptr;
  UniqueFunction<void()> body_;
  bool ended_ = true;

  // What the sanitizers want to know; unused without them.
  [[maybe_unused]] void* fake_stack_ = nullptr;
  [[maybe_unused]] const void* outside_bottom_ = nullptr;
  [[maybe_unused]] std::size_t outside_size_ = 0;
  [[maybe_unused]] void* tsan_inside_ = nullptr;
  [[maybe_unused]] void* tsan_outside_ = nullptr;
};

}  // namespace penstock::runtime
