#include "upstream/connection_pool.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "runtime/loop.h"
#include "upstream/tunnel.h"

namespace penstock::upstream {

namespace {

using namespace std::chrono_literals;
// Common servers and balancers keep idle connections for 60 s and more.
constexpr auto kIdleLifetime = 55s;

using runtime::IoError;
using runtime::IoResult;
using SocketResult = IoResult<std::unique_ptr<runtime::Socket>>;

/// A connection to the first address of the host that gives one.
SocketResult reach(runtime::Resolver& resolver, const std::string& host, std::uint16_t port,
                   Deadline deadline, MonotonicTime now) {
  auto addresses = resolver.resolve(host, port, deadline);
  if (!addresses) return addresses.error();

  IoError last;
  for (std::size_t i = 0; i < addresses->size(); ++i) {
    Deadline share = deadline;
    const auto left = static_cast<long>(addresses->size() - i);
    if (left > 1) share.at = now + (deadline.at - now) / left;
    auto socket = runtime::Socket::connect((*addresses)[i], share);
    if (socket) return socket;
    last = socket.error();
    if (last.kind == IoError::Kind::kCancelled) break;
    now = std::min(std::max(now, runtime::Loop::current().clock().now()), deadline.at);
  }
  return last;
}

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
  auto socket = options_.proxy ? reach_by_proxy(deadline, now)
                               : reach(resolver_, url.host, url.port, deadline, now);
  if (!socket) return socket.error();
  auto connection = std::make_unique<Connection>();
  connection->gauge = ConnectionGauge(active_gauge_, idle_gauge_);
  if (tls_) {
    auto secured = runtime::connect_tls(std::move(*socket), *tls_, url.host, deadline);
    if (!secured) return secured.error();
    connection->stream = std::move(*secured);
  } else {
    connection->stream = std::move(*socket);
  }
  return IoResult<std::unique_ptr<Connection>>(std::move(connection));
}

SocketResult ConnectionPool::reach_by_proxy(Deadline deadline, MonotonicTime now) {
  const config::Proxy& proxy = *options_.proxy;
  const auto blame = [&proxy](IoError error) {
    error.detail = concat(
        {"the proxy ", host_and_port(proxy.address.host, proxy.address.port), ": ", error.detail});
    return error;
  };
  auto socket = reach(resolver_, proxy.address.host, proxy.address.port, deadline, now);
  if (!socket) return blame(socket.error());
  const auto opened = open_tunnel(**socket, proxy, options_.base_url, deadline);
  if (!opened) return blame(opened.error());
  return socket;
}

void ConnectionPool::put(std::unique_ptr<Connection> connection, MonotonicTime now) {
  if (idle_.size() >= options_.max_idle_connections || !connection->received.empty()) return;
  connection->idle_since = now;
  connection->gauge.set_idle(true);
  idle_.push_back(std::move(connection));
}

}  // namespace penstock::upstream
