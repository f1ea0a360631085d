#include "limits/bell.h"

#include <new>

#include "runtime/fiber.h"
#include "runtime/loop.h"

namespace penstock::limits::internal {

Bell::Bell(runtime::Fiber& fiber) : loop_(fiber.loop()), fiber_(&fiber) {}

std::shared_ptr<Bell> Bell::create() {
  return std::shared_ptr<Bell>(new Bell(runtime::Fiber::current()));
}

void Bell::ring() noexcept {
  try {
    // Also from the fiber's own thread: who rings may hold locks that the fiber wants.
    loop_.post([bell = shared_from_this()] {
      if (bell->fiber_ != nullptr) bell->fiber_->notify();
    });
  } catch (const std::bad_alloc&) {  // its deadline wakes it
  }
}

}  // namespace penstock::limits::internal
