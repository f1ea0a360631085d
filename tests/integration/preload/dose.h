#pragma once

#include <atomic>
#include <cstdint>

namespace penstock::test {

/// What is to go wrong in a gateway's machine; shared between it and the test by a mapped file.
struct Dose {
  std::atomic<std::uint64_t> one_of;    // of about so many allocations fails one; 1: each, 0: none
  std::atomic<std::uint64_t> seed;      // of the choice
  std::atomic<std::uint64_t> failures;  // so far
  std::atomic<std::int64_t> shift_s;    // of the clock on the wall
};

}  // namespace penstock::test
