#pragma once

#include <gtest/gtest.h>

#include "penstock/clock.h"

#include "runtime/loop.h"

/// A test whose body runs in a fiber of a loop with the machine's clock. EXPECT only: an ASSERT
/// returns from the fiber, which is fine too.
#define FIBER_TEST(suite, name)                             \
  static void suite##_##name##_body();                      \
  TEST(suite, name) {                                       \
    penstock::runtime::Loop loop(penstock::system_clock()); \
    loop.spawn([] { suite##_##name##_body(); });            \
    loop.run_until_idle();                                  \
  }                                                         \
  static void suite##_##name##_body()
