#pragma once

#include <chrono>
#include <new>
#include <thread>

namespace penstock::gateway {

/// Does what must not be left undone, as soon as there is memory for it: `fn` is called again for
/// as long as it throws std::bad_alloc. Blocks; for the main thread, which has nothing else to do.
template <class Fn>
void insist(Fn fn) {
  constexpr auto kPause = std::chrono::milliseconds(50);
  while (true) {
    try {
      return fn();
    } catch (const std::bad_alloc&) {
      std::this_thread::sleep_for(kPause);
    }
  }
}

}  // namespace penstock::gateway
