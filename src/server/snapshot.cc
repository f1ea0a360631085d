#include "server/snapshot.h"

#include <utility>

namespace penstock::server {

/// Makes the TLS contexts that the configuration names.
void Snapshot::make_tls(config::Diagnostics& diagnostics) {
  const auto report = [&](const std::string& path, const Error& error) {
    config::Diagnostic diagnostic;
    diagnostic.where.file = config.origin;
    diagnostic.path = path;
    diagnostic.message = error.detail;
    diagnostics.error(std::move(diagnostic));
  };
  if (auto made = upstream::make_tls_contexts(config)) {
    tls = std::move(*made);
  } else {
    report({}, made.error());
  }
  if (!config.server.tls) return;
  if (auto made = runtime::TlsContext::for_server(*config.server.tls)) {
    server_tls = std::move(*made);
  } else {
    report("server.tls." + made.error().param, made.error());
  }
}

std::shared_ptr<const Snapshot> Snapshot::build(config::Config config,
                                                config::Diagnostics& diagnostics,
                                                const Services& services) {
  auto snapshot = std::make_shared<Snapshot>();
  const bool files_are_there = diagnostics.ok();
  if (files_are_there) snapshot->models = ModelData::load(config.model_data, diagnostics);
  if (!snapshot->models) snapshot->models = ModelData::builtin();  // to look at the rest as well
  Services with_models = services;
  with_models.models = snapshot->models;
  snapshot->chain = Chain::build(config.chain, interceptor_kinds(), diagnostics, with_models);
  snapshot->config = std::move(config);
  if (files_are_there) snapshot->make_tls(diagnostics);
  if (!diagnostics.ok()) return nullptr;
  return snapshot;
}

}  // namespace penstock::server
