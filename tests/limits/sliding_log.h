#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "limits/limit.h"

namespace penstock::limits::test {

/// What a token bucket has to agree with: remembers each admission and its charge, and looks at
/// every window there was.
class SlidingLog {
 public:
  using Time = std::chrono::nanoseconds;  // since whenever

  explicit SlidingLog(const Limit& limit)
      : capacity_(limit.capacity), window_ns_(Time(limit.every).count()) {}

  std::size_t admit(Time at, std::uint64_t charge) {
    entries_.push_back({at, charge});
    return entries_.size() - 1;
  }
  void correct(std::size_t index, std::uint64_t charge) { entries_[index].charge = charge; }

  /// Whether `charge` more at `at` keeps every window within capacity + rate x its length.
  bool fits(Time at, std::uint64_t charge) const {
    Wide sum = charge;
    if (sum > capacity_) return false;
    return std::all_of(entries_.rbegin(), entries_.rend(), [&](const Entry& entry) {
      sum += entry.charge;
      return sum * window_ns_ <= capacity_ * window_ns_ + (at - entry.at).count() * capacity_;
    });
  }

  /// Whether every window that ends with an admission is within its bound.
  bool holds() const {
    SlidingLog before(*this);
    while (!before.entries_.empty()) {
      const Entry last = before.entries_.back();
      before.entries_.pop_back();
      if (!before.fits(last.at, last.charge)) return false;
    }
    return true;
  }

 private:
  __extension__ using Wide = __int128;
  struct Entry {
    Time at;
    std::uint64_t charge;
  };
  Wide capacity_;
  Wide window_ns_;
  std::vector<Entry> entries_;
};

}  // namespace penstock::limits::test
