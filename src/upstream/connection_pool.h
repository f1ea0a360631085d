#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "runtime/resolver.h"
#include "runtime/stream.h"
#include "runtime/tls.h"
#include "upstream/pool_metrics.h"

namespace penstock::upstream {

/// A connection to an upstream, with what was read from it and not used yet.
struct Connection {
  std::unique_ptr<runtime::Stream> stream;
  std::string received;
  MonotonicTime idle_since;
  bool reused = false;
  ConnectionGauge gauge;
};

/// The connections of one event loop to one upstream. Only a connection whose exchange ended
/// cleanly comes back; it serves again, newest first, for 55 seconds.
class ConnectionPool {
 public:
  /// `tls` is null for http. `options`, `resolver` and `metrics` outlive the pool, which is made on
  /// the thread of its loop.
  ConnectionPool(const config::UpstreamOptions& options, runtime::Resolver& resolver,
                 std::shared_ptr<runtime::TlsContext> tls, Metrics& metrics);

  /// A pooled connection that is still quiet; null when there is none. Never suspends.
  std::unique_ptr<Connection> take(MonotonicTime now);
  /// A new connection, through the proxy if there is one: every address of the host (or of the
  /// proxy) gets a share of the time, which is for tunnel and TLS as well. Suspends. Errors: kName,
  /// kRefused, kTls, kTimeout, kCancelled, kClosed; where the proxy is at fault, `detail` names it.
  runtime::IoResult<std::unique_ptr<Connection>> connect(Deadline deadline, MonotonicTime now);
  /// Gives a connection back after a clean end.
  void put(std::unique_ptr<Connection> connection, MonotonicTime now);

  std::size_t idle() const noexcept { return idle_.size(); }

 private:
  runtime::IoResult<std::unique_ptr<runtime::Socket>> reach_by_proxy(Deadline deadline,
                                                                     MonotonicTime now);

  const config::UpstreamOptions& options_;
  runtime::Resolver& resolver_;
  std::shared_ptr<runtime::TlsContext> tls_;
  MetricCell& active_gauge_;
  MetricCell& idle_gauge_;
  std::vector<std::unique_ptr<Connection>> idle_;  // oldest first
};

}  // namespace penstock::upstream
