#pragma once

#include <cstdint>
#include <vector>

#include "bench/loop.h"

namespace penstock::bench {

/// Times, kept in buckets: exact below 128 ns, then 64 buckets for each doubling, so that what is
/// read off is at most 1.6 % above what was put in. Counts a value in a few nanoseconds. One
/// thread.
class Histogram {
 public:
  Histogram();
  /// A negative time counts as none.
  void add(Nanos time);
  std::uint64_t count() const noexcept { return count_; }
  Nanos max() const noexcept { return max_; }
  double mean() const noexcept;
  /// The least bucket bound that at least this part of the values (0 < part <= 1) does not exceed,
  /// never above max(). 0 where there is none.
  Nanos at(double part) const;

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  Nanos max_ = 0;
  double sum_ = 0;
};

}  // namespace penstock::bench
