#pragma once

#include <array>
#include <cstddef>

#include "base/check.h"

namespace penstock::runtime {

/// Room for the one operation that somebody has under way with Asio at a time, so that to wait
/// allocates nothing: it costs less, and it cannot fail when memory runs out. Outlives the
/// operation. One thread.
///
///   HandlerMemory memory;
///   timer.async_wait(asio::bind_allocator(HandlerAllocator<void>(memory), handler));
class HandlerMemory {
 public:
  HandlerMemory() = default;
  HandlerMemory(const HandlerMemory&) = delete;
  HandlerMemory& operator=(const HandlerMemory&) = delete;

  void* take(std::size_t bytes) noexcept {
    PENSTOCK_CHECK(!taken_ && bytes <= room_.size(), "one operation at a time, and it fits");
    taken_ = true;
    return room_.data();
  }
  void give_back() noexcept { taken_ = false; }

 private:
  // Boost 1.81 takes 104 for a handler of two pointers on a concrete executor.
  alignas(std::max_align_t) std::array<std::byte, 128> room_;
  bool taken_ = false;
};

/// HandlerMemory in the shape that Asio asks for. Copies share the memory.
template <class T>
class HandlerAllocator {
 public:
  using value_type = T;
  explicit HandlerAllocator(HandlerMemory& memory) noexcept : memory_(&memory) {}
  template <class U>
  HandlerAllocator(const HandlerAllocator<U>& other) noexcept : memory_(other.memory_) {}

  T* allocate(std::size_t count) { return static_cast<T*>(memory_->take(sizeof(T) * count)); }
  void deallocate(T*, std::size_t) noexcept { memory_->give_back(); }
  template <class U>
  bool operator==(const HandlerAllocator<U>& other) const noexcept {
    return memory_ == other.memory_;
  }

 private:
  template <class U>
  friend class HandlerAllocator;
  HandlerMemory* memory_;
};

}  // namespace penstock::runtime
