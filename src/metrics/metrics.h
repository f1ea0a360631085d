#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace penstock {

/// A number that one thread changes and others may read at any time.
class MetricCell {
 public:
  void add(std::int64_t amount) noexcept {
    // One writer: a plain addition is enough, and costs no locked instruction.
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

/// A family of counters or gauges: what Prometheus shows under one name.
struct MetricFamily {
  enum class Type { kCounter, kGauge };
  std::string_view name;
  std::string_view help;
  Type type = Type::kCounter;
  std::span<const std::string_view> labels;  // names
};

/// A family of histograms. Observations are in nanoseconds, shown in seconds.
struct HistogramFamily {
  std::string_view name;
  std::string_view help;
  std::span<const std::string_view> labels;
  std::span<const std::int64_t> bounds;  // nanoseconds, ascending; "+Inf" comes by itself
};

/// One histogram: changed by one thread, read by any.
class HistogramCells {
 public:
  explicit HistogramCells(std::span<const std::int64_t> bounds);
  void observe(std::int64_t nanoseconds) noexcept;

  std::span<const std::int64_t> bounds() const noexcept { return bounds_; }
  /// How many fell into the bucket at `index`; the last one, behind the bounds, is "+Inf".
  std::int64_t in_bucket(std::size_t index) const noexcept { return buckets_[index].value(); }
  std::int64_t sum() const noexcept { return sum_.value(); }

 private:
  std::span<const std::int64_t> bounds_;
  std::unique_ptr<MetricCell[]> buckets_;
  MetricCell sum_;
};

/// All numbers of the process. Each thread that counts has cells of its own, so counting takes no
/// lock and no locked instruction; a scrape adds them up.
///
/// Whoever counts often asks for a cell once and keeps it. Cells live as long as the Metrics, and
/// each belongs to the thread that asked for it. Label values come from outside, so a family holds
/// at most `kMaxSeries` for each thread: what is beyond is counted under "other" in every label.
class Metrics {
 public:
  static constexpr std::size_t kMaxSeries = 4096;
  using Labels = std::initializer_list<std::string_view>;

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// The calling thread's cell for these label values, as many as the family has labels. `family`
  /// outlives the Metrics. Takes a lock when it is new.
  MetricCell& cell(const MetricFamily& family, Labels values = {});
  HistogramCells& histogram(const HistogramFamily& family, Labels values = {});

  /// The sum over all threads of the cells with these label values.
  std::int64_t total(const MetricFamily& family, Labels values = {}) const;
  /// All families that were ever asked for, in the Prometheus text format 0.0.4, sorted by name.
  std::string to_text() const;

 private:
  struct Shard;
  struct Impl;
  Shard& shard();
  std::unique_ptr<Impl> impl_;
};

/// Appends a family of one sample, with its HELP and TYPE lines: for numbers that are known only
/// when asked for.
void append_sample(std::string& text, const MetricFamily& family, double value,
                   Metrics::Labels values = {});

}  // namespace penstock
