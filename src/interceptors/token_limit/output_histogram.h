#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "penstock/clock.h"

namespace penstock::token_limit {

/// How many output tokens answers have had lately, in logarithmic buckets: 16 for each doubling, so
/// that a value is known to one sixteenth. All counts halve with every thousandth sample and with
/// every hour, so that what is old fades. Half a kilobyte. Not thread-safe.
class OutputHistogram {
 public:
  static constexpr std::uint64_t kMost = std::uint64_t{1} << 20;  // tokens; more counts as this
  static constexpr unsigned kSamplesToHalf = 1000;
  static constexpr std::chrono::hours kTimeToHalf{1};
  /// Fewer samples say nothing about the last twentieth of them.
  static constexpr unsigned kEnough = 20;

  void add(std::uint64_t tokens, MonotonicTime now);
  /// A number that 95 of 100 answers do not exceed: never below the exact one (the smallest sample
  /// that has at least 95 % at or below it), and above it by at most one sixteenth. None while
  /// there are too few samples.
  std::optional<std::uint64_t> p95() const;

 private:
  static constexpr unsigned kStepBits = 4;
  static constexpr std::size_t kBuckets = (20 - kStepBits + 1) * (std::size_t{1} << kStepBits) + 1;
  // A new sample counts 16, so that it is halved four times before anything is rounded off.
  static constexpr unsigned kWeight = 16;

  static std::size_t bucket_of(std::uint64_t tokens);
  static std::uint64_t largest_in(std::size_t bucket);
  void fade(MonotonicTime now);
  void halve();

  std::array<std::uint16_t, kBuckets> counts_{};  // at most 2 x kSamplesToHalf x kWeight
  std::uint32_t total_ = 0;
  std::uint32_t since_halved_ = 0;  // samples
  MonotonicTime halved_{};          // when time last halved them
};

}  // namespace penstock::token_limit
