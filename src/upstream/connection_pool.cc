#include "upstream/connection_pool.h"

#include <algorithm>
#include <utility>

#include "runtime/loop.h"

namespace penstock::upstream {

namespace {

using namespace std::chrono_literals;
// Common servers and balancers keep idle connections for 60 s and more.
constexpr auto kIdleLifetime = 55s;

using runtime::IoError;
using runtime::IoResult;

}  // namespace

ConnectionPool::ConnectionPool(const config::UpstreamOptions& options, runtime::Resolver& resolver,
                               std::shared_ptr<runtime::TlsContext> tls, Metrics& metrics)
    : options_(options),
      resolver_(resolver),
      tls_(std::move(tls)),
      active_gauge_(metrics.cell(kUpstreamConnections, {options.name, "active"})),
      idle_gauge_(metrics.cell(kUpstreamConnections, {options.name, "idle"})) {}

std::unique_ptr<Connection> ConnectionPool::take(MonotonicTime now) {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (now - connection->idle_since > kIdleLifetime) {
      idle_.clear();  // the others are older still
      return nullptr;
    }
    if (!connection->stream->is_quiet()) continue;
    connection->reused = true;
    connection->gauge.set_idle(false);
    return connection;
  }
  return nullptr;
}

IoResult<std::unique_ptr<Connection>> ConnectionPool::connect(Deadline deadline,
                                                              MonotonicTime now) {
  const http::Url& url = options_.base_url;
  auto addresses = resolver_.resolve(url.host, url.port, deadline);
  if (!addresses) return addresses.error();

  IoError last;
  for (std::size_t i = 0; i < addresses->size(); ++i) {
    Deadline share = deadline;
    const auto left = static_cast<long>(addresses->size() - i);
    if (left > 1) share.at = now + (deadline.at - now) / left;
    auto socket = runtime::Socket::connect((*addresses)[i], share);
    if (socket) {
      auto connection = std::make_unique<Connection>();
      connection->gauge = ConnectionGauge(active_gauge_, idle_gauge_);
      if (!tls_) {
        connection->stream = std::move(*socket);
        return IoResult<std::unique_ptr<Connection>>(std::move(connection));
      }
      auto secured = runtime::connect_tls(std::move(*socket), *tls_, url.host, deadline);
      if (!secured) return secured.error();
      connection->stream = std::move(*secured);
      return IoResult<std::unique_ptr<Connection>>(std::move(connection));
    }
    last = socket.error();
    if (last.kind == IoError::Kind::kCancelled) break;
    now = std::min(std::max(now, runtime::Loop::current().clock().now()), deadline.at);
  }
  return last;
}

void ConnectionPool::put(std::unique_ptr<Connection> connection, MonotonicTime now) {
  if (idle_.size() >= options_.max_idle_connections || !connection->received.empty()) return;
  connection->received.shrink_to_fit();
  connection->idle_since = now;
  connection->gauge.set_idle(true);
  connection->stream->rest();
  idle_.push_back(std::move(connection));
}

}  // namespace penstock::upstream
