#include "server/snapshot.h"

#include <utility>

namespace penstock::server {

std::shared_ptr<const Snapshot> Snapshot::build(config::Config config,
                                                config::Diagnostics& diagnostics,
                                                const Services& services) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->chain = Chain::build(config.chain, interceptor_kinds(), diagnostics, services);
  const auto report = [&](const Error& error) {
    config::Diagnostic diagnostic;
    diagnostic.where.file = config.origin;
    diagnostic.message = error.detail;
    diagnostics.error(std::move(diagnostic));
  };
  if (auto tls = upstream::make_tls_contexts(config)) {
    snapshot->tls = std::move(*tls);
  } else {
    report(tls.error());
  }
  if (config.server.tls) {
    if (auto tls = runtime::TlsContext::for_server(*config.server.tls)) {
      snapshot->server_tls = std::move(*tls);
    } else {
      tls.error().detail = "server.tls." + tls.error().param + ": " + tls.error().detail;
      report(tls.error());
    }
  }
  snapshot->config = std::move(config);
  if (!diagnostics.ok()) return nullptr;
  return snapshot;
}

}  // namespace penstock::server
