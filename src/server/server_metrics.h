#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "penstock/body.h"
#include "penstock/exchange.h"

#include "config/config.h"
#include "metrics/metrics.h"

namespace penstock::server {

/// Gauges that others look at too.
extern const MetricFamily kStreamsActive;
extern const MetricFamily kExchangesActive;

/// Why a connection is not served: max_connections is reached, or the process has no descriptor or
/// no memory for it.
enum class Lack { kRoom, kDescriptors, kMemory };

/// What one event loop counts of its clients and exchanges. Cells are looked up once for each
/// combination of labels that occurs, so an exchange costs one look-up. Used by its loop's thread.
class ServerMetrics {
 public:
  /// `metrics` outlives it. Made on the loop's thread.
  explicit ServerMetrics(Metrics& metrics);

  void exchange_begins() { exchanges_.add(1); }
  void stream_begins() { streams_.add(1); }
  void stream_ends() { streams_.add(-1); }
  /// Time spent inside the gateway until the answer's head goes out.
  void overhead(Route route, std::chrono::nanoseconds time);
  /// The end of an exchange. `status` is what the client was told. Models and keys that the
  /// configuration does not name count as "other", so that no client can add label values. Without
  /// memory for a new series it is not counted, but for the gauge.
  void exchange_ends(const Exchange& x, const config::Config& config, int status,
                     const Outcome& outcome, MonotonicTime now) noexcept;
  /// A request that never became an exchange.
  void refused(int status);
  void tls_failed();
  /// A connection that was not served.
  void turned_away(Lack lack) noexcept { turned_away_[static_cast<std::size_t>(lack)]->add(1); }

 private:
  struct Key {
    Route route;
    std::string_view model;
    std::string_view upstream;
    std::string_view principal;
  };
  struct OwnedKey {
    Route route;
    std::string model;
    std::string upstream;
    std::string principal;
    operator Key() const { return {route, model, upstream, principal}; }
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Key& key) const noexcept;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Key& a, const Key& b) const noexcept;
  };
  static constexpr std::size_t kEndings = 4;
  /// The cells of one combination of labels.
  struct Series {
    std::vector<std::pair<int, MetricCell*>> requests;  // by status
    HistogramCells* duration = nullptr;
    HistogramCells* first_byte = nullptr;
    MetricCell* input_tokens = nullptr;
    MetricCell* cached_tokens = nullptr;
    MetricCell* output_tokens = nullptr;
    MetricCell* reasoning_tokens = nullptr;
    std::array<MetricCell*, kEndings> endings{};
  };

  void count(const Exchange& x, const config::Config& config, int status, const Outcome& outcome,
             MonotonicTime now);
  Series& series_of(const Key& key);
  MetricCell& requests_of(Series& series, const Key& key, int status);
  void count_tokens(Series& series, const Key& key, const Usage& usage);

  Metrics& metrics_;
  MetricCell& exchanges_;
  MetricCell& streams_;
  std::array<MetricCell*, 3> turned_away_;  // by Lack
  std::vector<HistogramCells*> overhead_;   // by route
  std::unordered_map<OwnedKey, Series, Hash, Equal> series_;
};

}  // namespace penstock::server
