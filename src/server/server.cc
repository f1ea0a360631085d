#include "server/server.h"

#include <algorithm>
#include <atomic>
#include <sys/resource.h>
#include <utility>

#include "http/url.h"
#include "server/listener.h"
#include "server/worker.h"

namespace penstock::server {

namespace {

/// For listeners, logs, event loops, resolver.
constexpr std::uint64_t kOwnDescriptors = 64;

/// Takes what the machine allows.
std::uint64_t descriptor_limit() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  ::getrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_cur;
}

/// Half of the descriptors is for clients: each may need an upstream.
std::uint64_t connection_limit(std::uint64_t configured) {
  const std::uint64_t descriptors = descriptor_limit();
  return configured != 0 ? configured : std::max<std::uint64_t>(descriptors / 2, 16);
}

}  // namespace

struct Server::Impl {
  explicit Impl(const Services& services)
      : resolver(services.clock), shared{resolver, services.log, services.metrics} {}

  // The resolver dies before the loops that its answers go to, so it stands behind them here.
  std::vector<std::unique_ptr<Worker>> workers;
  runtime::Resolver resolver;
  Shared shared;
  std::vector<std::thread> threads;
  std::atomic<std::size_t> running{0};
  std::atomic<bool> draining{false};
  std::uint16_t port = 0;
  std::function<void()> on_stopped;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Server>> Server::start(std::shared_ptr<const Snapshot> snapshot,
                                              const Services& services,
                                              std::function<void()> on_stopped) {
  const config::ServerOptions& options = snapshot->config.server;
  const std::size_t loops =
      options.threads != 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  const Listeners listeners = TRY(listen_on(options.listen, loops));

  auto impl = std::make_unique<Impl>(services);
  impl->shared.loopback_only = http::is_loopback_host(options.listen.host);
  impl->shared.max_connections = connection_limit(options.limits.max_connections);
  impl->port = listeners.port;
  impl->on_stopped = std::move(on_stopped);
  impl->running = loops;
  for (const int descriptor : listeners.descriptors) {
    impl->workers.push_back(std::make_unique<Worker>(impl->shared, services.clock, descriptor));
  }
  for (const auto& worker : impl->workers) {
    impl->threads.emplace_back([&worker = *worker, impl = impl.get(), snapshot]() mutable {
      worker.run(std::move(snapshot));
      if (impl->running.fetch_sub(1) == 1) impl->on_stopped();
    });
  }
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::~Server() {
  for (std::thread& thread : impl_->threads) thread.join();
}

std::uint16_t Server::port() const noexcept {
  return impl_->port;
}

std::size_t Server::loops() const noexcept {
  return impl_->workers.size();
}

void Server::replace(std::shared_ptr<const Snapshot> snapshot) {
  impl_->shared.max_connections = connection_limit(snapshot->config.server.limits.max_connections);
  for (const auto& worker : impl_->workers) worker->replace(snapshot);
}

std::uint64_t Server::missing_descriptors(const config::ServerOptions& options) {
  if (options.limits.max_connections == 0) return 0;
  const std::uint64_t needed = 2 * options.limits.max_connections + kOwnDescriptors;
  const std::uint64_t allowed = descriptor_limit();
  return needed > allowed ? needed - allowed : 0;
}

std::uint64_t Server::connections() const noexcept {
  return impl_->shared.connections;
}

bool Server::draining() const noexcept {
  return impl_->draining;
}

std::uint64_t Server::cut() const noexcept {
  return impl_->shared.cut;
}

void Server::drain() {
  impl_->draining = true;
  for (const auto& worker : impl_->workers) worker->drain();
}

}  // namespace penstock::server
