#pragma once

#include <cstdint>
#include <limits>

namespace penstock::token_limit {

// Sums and products of numbers that clients choose: what does not fit is the largest number.

inline std::uint64_t add(std::uint64_t a, std::uint64_t b) noexcept {
  std::uint64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::uint64_t>::max() : sum;
}

inline std::uint64_t multiply(std::uint64_t a, std::uint64_t b) noexcept {
  std::uint64_t product;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::uint64_t>::max()
                                                : product;
}

}  // namespace penstock::token_limit
