#include "runtime/offload.h"

#include <exception>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "runtime/fiber.h"
#include "runtime/loop.h"

namespace penstock::runtime {

namespace {

constexpr std::size_t kThreads = 2;

boost::asio::thread_pool& pool() {
  static boost::asio::thread_pool threads(kThreads);
  return threads;
}

}  // namespace

void offload(UniqueFunction<void()> work) {
  Fiber* fiber = Fiber::current_or_null();
  if (fiber == nullptr) {
    work();
    return;
  }
  // All of it lives on the stack of the fiber, which waits until nobody touches it any more.
  bool done = false;
  std::exception_ptr failure;
  Loop& loop = fiber->loop();
  boost::asio::post(pool(), [&work, &done, &failure, &loop, fiber] {
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
    loop.post([&done, fiber] {
      done = true;
      fiber->notify();
    });
  });
  while (!done) (void)fiber->park({});
  if (failure) std::rethrow_exception(failure);
}

}  // namespace penstock::runtime
