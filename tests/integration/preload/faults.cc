// Preloaded into a gateway (LD_PRELOAD), it makes allocations fail, a few or all of them, and moves
// the clock on the wall, while a test wants that. The environment variable PENSTOCK_FAULTS names a
// file that holds a Dose and that the test has mapped as well; without it nothing happens.

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <new>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "integration/preload/dose.h"

namespace {

using penstock::test::Dose;

Dose* dose = nullptr;
thread_local std::uint64_t state = 0;

__attribute__((constructor)) void begin() {
  const char* const name = std::getenv("PENSTOCK_FAULTS");
  if (name == nullptr) return;
  const int fd = ::open(name, O_RDWR | O_CLOEXEC);
  if (fd < 0) std::abort();
  void* const mapped = ::mmap(nullptr, sizeof(Dose), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (mapped == MAP_FAILED) std::abort();
  ::close(fd);
  dose = static_cast<Dose*>(mapped);
}

/// xorshift64: each thread has its own sequence, the same one for the same seed.
std::uint64_t next_random() {
  if (state == 0) state = dose->seed.fetch_add(0x9e3779b97f4a7c15u) | 1;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state >> 11;
}

bool fails() {
  if (dose == nullptr) return false;
  const std::uint64_t one_of = dose->one_of.load(std::memory_order_relaxed);
  if (one_of == 0 || next_random() % one_of != 0) return false;
  dose->failures.fetch_add(1, std::memory_order_relaxed);
  errno = ENOMEM;
  return true;
}

/// The allocator behind this library, be it the program's own or that of libc.
struct Next {
  void* (*malloc)(std::size_t);
  void* (*calloc)(std::size_t, std::size_t);
  void* (*realloc)(void*, std::size_t);
  int (*posix_memalign)(void**, std::size_t, std::size_t);
};

template <class Function>
void find(Function*& function, const char* name) {
  function = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
  if (function == nullptr) std::abort();
}

const Next& next() {
  // Found before there is a second thread. dlsym allocates only for the words of an error.
  static Next found;
  if (found.malloc == nullptr) {
    find(found.calloc, "calloc");
    find(found.realloc, "realloc");
    find(found.posix_memalign, "posix_memalign");
    find(found.malloc, "malloc");
  }
  return found;
}

void* aligned(std::size_t alignment, std::size_t size) {
  void* block = nullptr;
  if (fails() || next().posix_memalign(&block, alignment, size) != 0) return nullptr;
  return block;
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
  return fails() ? nullptr : next().malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
  return fails() ? nullptr : next().calloc(count, size);
}

void* realloc(void* old, std::size_t size) {
  return fails() ? nullptr : next().realloc(old, size);
}

void* memalign(std::size_t alignment, std::size_t size) {
  return aligned(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return aligned(alignment, size);
}

int posix_memalign(void** out, std::size_t alignment, std::size_t size) {
  return fails() ? ENOMEM : next().posix_memalign(out, alignment, size);
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  const int failed = static_cast<int>(::syscall(SYS_clock_gettime, clock, now));
  if (failed == 0 && clock == CLOCK_REALTIME && dose != nullptr) now->tv_sec += dose->shift_s;
  return failed;
}

}  // extern "C"

// An allocator that brings its own would not ask the functions above. What these give is freed by
// its `delete`, which takes what its malloc gave.

void* operator new(std::size_t size) {
  if (void* block = malloc(size)) return block;
  throw std::bad_alloc();
}

void* operator new[](std::size_t size) {
  return operator new(size);
}

void* operator new(std::size_t size, std::align_val_t alignment) {
  if (void* block = aligned(static_cast<std::size_t>(alignment), size)) return block;
  throw std::bad_alloc();
}

void* operator new[](std::size_t size, std::align_val_t alignment) {
  return operator new(size, alignment);
}

void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return malloc(size);
}

void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return malloc(size);
}
