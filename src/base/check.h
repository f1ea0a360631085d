#pragma once

#include <cstdio>
#include <cstdlib>

/// Aborts when something is not so that cannot be otherwise; `belief` says what we hold true.
#define PENSTOCK_CHECK(condition, belief)                                                         \
  do {                                                                                            \
    if (!(condition)) {                                                                           \
      std::fprintf(stderr, "penstock: %s:%d: broken belief: %s\n", __FILE__, __LINE__, (belief)); \
      std::abort();                                                                               \
    }                                                                                             \
  } while (false)
