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

/// Takes what the machine allows, and gives half of it to clients: each may need an upstream.
std::uint64_t connection_limit(std::uint64_t configured) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  ::getrlimit(RLIMIT_NOFILE, &files);
  return configured != 0 ? configured : std::max<std::uint64_t>(files.rlim_cur / 2, 16);
}

}  // namespace

struct Server::Impl {
  Impl(std::shared_ptr<const Snapshot> given, const Services& services)
      : resolver(services.clock), shared{std::move(given), resolver, services.log} {}

  // The resolver dies before the loops that its answers go to, so it stands behind them here.
  std::vector<std::unique_ptr<Worker>> workers;
  runtime::Resolver resolver;
  Shared shared;
  std::vector<std::thread> threads;
  std::atomic<std::size_t> running{0};
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

  auto impl = std::make_unique<Impl>(snapshot, services);
  impl->shared.loopback_only = http::is_loopback_host(options.listen.host);
  impl->shared.max_connections = connection_limit(options.limits.max_connections);
  impl->port = listeners.port;
  impl->on_stopped = std::move(on_stopped);
  impl->running = loops;
  for (const int descriptor : listeners.descriptors) {
    impl->workers.push_back(std::make_unique<Worker>(impl->shared, services.clock, descriptor));
  }
  for (const auto& worker : impl->workers) {
    impl->threads.emplace_back([&worker = *worker, impl = impl.get()] {
      worker.run();
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

void Server::drain() {
  for (const auto& worker : impl_->workers) worker->drain();
}

}  // namespace penstock::server
