#include "bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

namespace penstock::bench {
namespace {

constexpr int kHalfBits = 6;  // 64 buckets for each doubling
constexpr std::uint64_t kLinear = std::uint64_t{2} << kHalfBits;
constexpr std::size_t kBuckets = (64 - kHalfBits) << kHalfBits;

// How far a value is shifted so that seven significant bits are left.
int shift_of(std::uint64_t value) {
  return value < kLinear ? 0 : static_cast<int>(std::bit_width(value)) - kHalfBits - 1;
}

std::size_t bucket_of(std::uint64_t value) {
  const int shift = shift_of(value);
  return (static_cast<std::size_t>(shift) << kHalfBits) + static_cast<std::size_t>(value >> shift);
}

// The largest value of a bucket.
std::uint64_t top_of(std::size_t bucket) {
  if (bucket < kLinear) return bucket;
  const std::size_t shift = (bucket >> kHalfBits) - 1;
  const std::uint64_t leading = bucket - (shift << kHalfBits);
  return ((leading + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : buckets_(kBuckets) {}

void Histogram::add(Nanos time) {
  time = std::max<Nanos>(time, 0);
  ++buckets_[bucket_of(static_cast<std::uint64_t>(time))];
  ++count_;
  max_ = std::max(max_, time);
  sum_ += static_cast<double>(time);
}

double Histogram::mean() const noexcept {
  return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
}

Nanos Histogram::at(double part) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(part * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted) return std::min(static_cast<Nanos>(top_of(bucket)), max_);
  }
  return max_;
}

}  // namespace penstock::bench
