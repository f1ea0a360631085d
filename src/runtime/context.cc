#include "runtime/context.h"

#include <exception>
#include <new>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include "base/check.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace penstock::runtime {

namespace {

namespace context = boost::context::detail;

// Only touched pages cost memory. The deepest user is a TLS handshake; sanitizers widen every
// frame.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kStackBytes = 512 * 1024;
#else
constexpr std::size_t kStackBytes = 64 * 1024;
#endif
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kGuardBytes = kPageBytes;
// Of the frames of trim() and what it calls.
constexpr std::size_t kTrimMargin = 1024;

}  // namespace

Fiber::Context::Context() {
  mapping_ = ::mmap(nullptr, kGuardBytes + kStackBytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (mapping_ == MAP_FAILED) throw std::bad_alloc();
  // Splits the mapping in two, and their number is limited (vm.max_map_count).
  if (::mprotect(mapping_, kGuardBytes, PROT_NONE) != 0) {
    ::munmap(mapping_, kGuardBytes + kStackBytes);
    throw std::bad_alloc();
  }
}

Fiber::Context::~Context() {
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(static_cast<char*>(mapping_) + kGuardBytes, kStackBytes);
#endif
  ::munmap(mapping_, kGuardBytes + kStackBytes);
}

void Fiber::Context::start(UniqueFunction<void()> body) {
  PENSTOCK_CHECK(ended_, "a stack is free before it is used again");
  body_ = std::move(body);
  ended_ = false;
  char* top = static_cast<char*>(mapping_) + kGuardBytes + kStackBytes;
  inside_ = context::make_fcontext(top, kStackBytes, &Context::main);
#if defined(__SANITIZE_THREAD__)
  tsan_inside_ = __tsan_create_fiber(0);
#endif
}

void Fiber::Context::enter() {
#if defined(__SANITIZE_ADDRESS__)
  void* outside_fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&outside_fake_stack, static_cast<char*>(mapping_) + kGuardBytes,
                                 kStackBytes);
#endif
#if defined(__SANITIZE_THREAD__)
  tsan_outside_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(tsan_inside_, 0);
#endif
  inside_ = context::jump_fcontext(inside_, this).fctx;
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(outside_fake_stack, nullptr, nullptr);
#endif
#if defined(__SANITIZE_THREAD__)
  if (ended_) __tsan_destroy_fiber(tsan_inside_);
#endif
}

void Fiber::Context::leave() {
#if defined(__SANITIZE_ADDRESS__)
  // A null pointer tells that this stack's frames will not be seen again.
  __sanitizer_start_switch_fiber(ended_ ? nullptr : &fake_stack_, outside_bottom_, outside_size_);
#endif
#if defined(__SANITIZE_THREAD__)
  __tsan_switch_to_fiber(tsan_outside_, 0);
#endif
  outside_ = context::jump_fcontext(outside_, nullptr).fctx;
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake_stack_, &outside_bottom_, &outside_size_);
#endif
}

void Fiber::Context::trim() noexcept {
  char* const bottom = static_cast<char*>(mapping_) + kGuardBytes;
  const auto in_use = static_cast<char*>(__builtin_frame_address(0)) - bottom;
  const auto unused = (static_cast<std::size_t>(in_use) - kTrimMargin) / kPageBytes * kPageBytes;
  ::madvise(bottom, unused, MADV_DONTNEED);  // it fails without harm
}

void Fiber::Context::main(context::transfer_t transfer) {
  auto* self = static_cast<Context*>(transfer.data);
  self->outside_ = transfer.fctx;
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, &self->outside_bottom_, &self->outside_size_);
#endif
  self->body_();
  self->body_ = {};
  self->ended_ = true;
  self->leave();
  std::terminate();  // nobody enters a stack that has ended
}

}  // namespace penstock::runtime
