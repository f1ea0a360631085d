#include "interceptors/token_limit/output_histogram.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace penstock::token_limit {

void OutputHistogram::add(std::uint64_t tokens, MonotonicTime now) {
  static_assert(2 * kSamplesToHalf * kWeight <= std::numeric_limits<std::uint16_t>::max());
  fade(now);
  counts_[bucket_of(tokens)] += kWeight;
  total_ += kWeight;
  if (++since_halved_ == kSamplesToHalf) {
    since_halved_ = 0;
    halve();
  }
}

std::optional<std::uint64_t> OutputHistogram::p95() const {
  if (total_ < kEnough * kWeight) return std::nullopt;
  const std::uint32_t above = total_ / 20;  // what may lie above it
  std::uint32_t seen = 0;
  std::size_t bucket = kBuckets;
  while (seen <= above) seen += counts_[--bucket];
  return largest_in(bucket);
}

/// Below 2^4 each number has its own; above, the leading 1 and the four bits behind it tell.
std::size_t OutputHistogram::bucket_of(std::uint64_t tokens) {
  tokens = std::min(tokens, kMost);
  const unsigned shift = tokens < (1U << kStepBits)
                             ? 0
                             : static_cast<unsigned>(std::bit_width(tokens)) - kStepBits - 1;
  return (std::size_t{shift} << kStepBits) + static_cast<std::size_t>(tokens >> shift);
}

std::uint64_t OutputHistogram::largest_in(std::size_t bucket) {
  constexpr std::size_t kExact = std::size_t{2} << kStepBits;  // they hold one number each
  if (bucket < kExact) return bucket;
  const std::size_t shift = (bucket >> kStepBits) - 1;
  const std::uint64_t leading = bucket - (shift << kStepBits);
  return std::min(((leading + 1) << shift) - 1, kMost);
}

void OutputHistogram::fade(MonotonicTime now) {
  while (total_ > 0 && now - halved_ >= kTimeToHalf) {
    halved_ += kTimeToHalf;
    halve();
  }
  if (total_ == 0) halved_ = now;
}

void OutputHistogram::halve() {
  total_ = 0;
  for (std::uint16_t& count : counts_) {
    count = static_cast<std::uint16_t>(count / 2);
    total_ += count;
  }
}

}  // namespace penstock::token_limit
