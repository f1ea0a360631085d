#pragma once

#include <functional>
#include <pthread.h>

#include <gtest/gtest.h>

namespace penstock::schema::test {

/// Runs it on a stack that is smaller than a fiber's.
inline void on_a_small_stack(const std::function<void()>& body) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr std::size_t kStackBytes = 512 * 1024;
#else
  constexpr std::size_t kStackBytes = 48 * 1024;
#endif
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  EXPECT_EQ(pthread_attr_setstacksize(&attributes, kStackBytes), 0);
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  void* const argument = const_cast<std::function<void()>*>(&body);
  EXPECT_EQ(pthread_create(&thread, &attributes, run, argument), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

}  // namespace penstock::schema::test
