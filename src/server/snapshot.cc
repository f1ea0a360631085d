#include "server/snapshot.h"

#include <utility>

namespace penstock::server {

std::shared_ptr<const Snapshot> Snapshot::build(config::Config config,
                                                config::Diagnostics& diagnostics,
                                                const Services& services) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->chain = Chain::build(config.chain, interceptor_kinds(), diagnostics, services);
  auto tls = upstream::make_tls_contexts(config);
  if (!tls) {
    config::Diagnostic diagnostic;
    diagnostic.where.file = config.origin;
    diagnostic.message = tls.error().detail;
    diagnostics.error(std::move(diagnostic));
  } else {
    snapshot->tls = std::move(*tls);
  }
  snapshot->config = std::move(config);
  if (!diagnostics.ok()) return nullptr;
  return snapshot;
}

}  // namespace penstock::server
