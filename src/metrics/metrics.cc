#include "metrics/metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "base/check.h"

namespace penstock {

namespace {

/// The values of a series, joined: a byte that no UTF-8 text holds stands between them.
std::string series_key(Metrics::Labels values) {
  std::string key;
  for (const std::string_view value : values) {
    key += value;
    key += '\xff';
  }
  return key;
}

std::string other_key(std::size_t labels) {
  std::string key;
  for (std::size_t i = 0; i < labels; ++i) key += "other\xff";
  return key;
}

void append_escaped(std::string& text, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
}

/// `name{a="1",b="2"} `, with `extra` as one label more where it is not empty.
void append_series(std::string& text, std::string_view name,
                   std::span<const std::string_view> labels, std::string_view key,
                   std::string_view extra = {}) {
  text += name;
  if (!labels.empty() || !extra.empty()) {
    text += '{';
    for (const std::string_view label : labels) {
      const std::size_t end = key.find('\xff');
      if (text.back() != '{') text += ',';
      text += label;
      text += "=\"";
      append_escaped(text, key.substr(0, end));
      text += '"';
      key.remove_prefix(end + 1);
    }
    if (!extra.empty() && text.back() != '{') text += ',';
    text += extra;
    text += '}';
  }
  text += ' ';
}

void append_number(std::string& text, double value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text.append(digits.data(), end);
}

void append_line(std::string& text, std::int64_t value) {
  text += std::to_string(value);
  text += '\n';
}

void append_head(std::string& text, std::string_view name, std::string_view help,
                 std::string_view type) {
  text.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void append_head(std::string& text, const MetricFamily& family) {
  append_head(text, family.name, family.help,
              family.type == MetricFamily::Type::kCounter ? "counter" : "gauge");
}

constexpr double seconds(std::int64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e9;
}

/// The sums of one histogram series over all threads.
struct Totals {
  std::vector<std::int64_t> buckets;
  std::int64_t sum = 0;
};

void append_histogram(std::string& text, const HistogramFamily& family, std::string_view key,
                      const Totals& totals) {
  const std::string bucket = std::string(family.name) + "_bucket";
  std::int64_t count = 0;
  for (std::size_t i = 0; i < totals.buckets.size(); ++i) {
    count += totals.buckets[i];
    std::string bound = "le=\"";
    if (i < family.bounds.size()) {
      append_number(bound, seconds(family.bounds[i]));
    } else {
      bound += "+Inf";
    }
    bound += '"';
    append_series(text, bucket, family.labels, key, bound);
    append_line(text, count);
  }
  append_series(text, std::string(family.name) + "_sum", family.labels, key);
  append_number(text, seconds(totals.sum));
  text += '\n';
  append_series(text, std::string(family.name) + "_count", family.labels, key);
  append_line(text, count);
}

/// The series of one family on one thread. Made by that thread under the shard's mutex; found by it
/// without, since nobody else changes the map.
template <class Cells>
class Series {
 public:
  template <class... Arguments>
  Cells& at(std::mutex& mutex, Metrics::Labels values, Arguments... arguments) {
    std::string key = series_key(values);
    auto found = cells_.find(key);
    if (found != cells_.end()) return found->second;
    if (cells_.size() >= Metrics::kMaxSeries) {
      key = other_key(values.size());
      found = cells_.find(key);
      if (found != cells_.end()) return found->second;
    }
    const std::lock_guard lock(mutex);
    return cells_.try_emplace(std::move(key), arguments...).first->second;
  }

  const std::map<std::string, Cells, std::less<>>& cells() const { return cells_; }

 private:
  std::map<std::string, Cells, std::less<>> cells_;
};

}  // namespace

HistogramCells::HistogramCells(std::span<const std::int64_t> bounds)
    : bounds_(bounds), buckets_(std::make_unique<MetricCell[]>(bounds.size() + 1)) {}

void HistogramCells::observe(std::int64_t nanoseconds) noexcept {
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), nanoseconds);
  buckets_[static_cast<std::size_t>(bucket - bounds_.begin())].add(1);
  sum_.add(nanoseconds);
}

/// What one thread has counted.
struct Metrics::Shard {
  std::mutex mutex;  // held by the owner while it changes a map, and by others while they look
  std::map<const MetricFamily*, Series<MetricCell>> numbers;
  std::map<const HistogramFamily*, Series<HistogramCells>> histograms;

  template <class Map, class Family>
  auto& family(Map& map, const Family& key) {
    const auto found = map.find(&key);
    if (found != map.end()) return found->second;
    const std::lock_guard lock(mutex);
    return map[&key];
  }
};

struct Metrics::Impl {
  mutable std::mutex mutex;  // guards the list; a shard never goes before the Metrics do
  std::deque<Shard> shards;
  std::uint64_t id = 0;
};

namespace {
std::atomic<std::uint64_t> next_id{1};
}  // namespace

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {
  impl_->id = next_id.fetch_add(1);
}

Metrics::~Metrics() = default;

Metrics::Shard& Metrics::shard() {
  // By a number that is never used again, because another Metrics may come to the same address.
  struct Mine {
    std::uint64_t owner = 0;
    Shard* shard = nullptr;
  };
  thread_local std::vector<Mine> mine;
  for (const Mine& one : mine) {
    if (one.owner == impl_->id) return *one.shard;
  }
  const std::lock_guard lock(impl_->mutex);
  mine.push_back({impl_->id, &impl_->shards.emplace_back()});
  return *mine.back().shard;
}

MetricCell& Metrics::cell(const MetricFamily& family, Labels values) {
  PENSTOCK_CHECK(values.size() == family.labels.size(), "a value for each label");
  Shard& own = shard();
  return own.family(own.numbers, family).at(own.mutex, values);
}

HistogramCells& Metrics::histogram(const HistogramFamily& family, Labels values) {
  PENSTOCK_CHECK(values.size() == family.labels.size(), "a value for each label");
  Shard& own = shard();
  return own.family(own.histograms, family).at(own.mutex, values, family.bounds);
}

std::int64_t Metrics::total(const MetricFamily& family, Labels values) const {
  const std::string key = series_key(values);
  std::int64_t sum = 0;
  const std::lock_guard lock(impl_->mutex);
  for (Shard& each : impl_->shards) {
    const std::lock_guard shard_lock(each.mutex);
    const auto series = each.numbers.find(&family);
    if (series == each.numbers.end()) continue;
    const auto cell = series->second.cells().find(key);
    if (cell != series->second.cells().end()) sum += cell->second.value();
  }
  return sum;
}

std::string Metrics::to_text() const {
  // Families by name, and their series by label values, each with its sum.
  std::map<std::string_view, std::pair<const MetricFamily*, std::map<std::string, std::int64_t>>>
      numbers;
  std::map<std::string_view, std::pair<const HistogramFamily*, std::map<std::string, Totals>>>
      histograms;
  {
    const std::lock_guard lock(impl_->mutex);
    for (Shard& each : impl_->shards) {
      const std::lock_guard shard_lock(each.mutex);
      for (const auto& [family, series] : each.numbers) {
        auto& [known, sums] = numbers[family->name];
        known = family;
        for (const auto& [key, cell] : series.cells()) sums[key] += cell.value();
      }
      for (const auto& [family, series] : each.histograms) {
        auto& [known, sums] = histograms[family->name];
        known = family;
        for (const auto& [key, cells] : series.cells()) {
          Totals& totals = sums[key];
          totals.buckets.resize(family->bounds.size() + 1);
          for (std::size_t i = 0; i < totals.buckets.size(); ++i) {
            totals.buckets[i] += cells.in_bucket(i);
          }
          totals.sum += cells.sum();
        }
      }
    }
  }

  std::string text;
  for (const auto& [name, entry] : numbers) {
    const auto& [family, sums] = entry;
    append_head(text, *family);
    for (const auto& [key, sum] : sums) {
      append_series(text, name, family->labels, key);
      append_line(text, sum);
    }
  }
  for (const auto& [name, entry] : histograms) {
    const auto& [family, sums] = entry;
    append_head(text, name, family->help, "histogram");
    for (const auto& [key, totals] : sums) append_histogram(text, *family, key, totals);
  }
  return text;
}

void append_sample(std::string& text, const MetricFamily& family, double value,
                   Metrics::Labels values) {
  append_head(text, family);
  append_series(text, family.name, family.labels, series_key(values));
  append_number(text, value);
  text += '\n';
}

}  // namespace penstock
