#pragma once

#include <memory>
#include <utility>

#include "server/browser_policy.h"
#include "server/snapshot.h"
#include "upstream/router.h"

namespace penstock::server {

/// A snapshot made ready for one event loop: with the loop's own connections to the upstreams. Used
/// by that loop's thread only. Each request holds the one that it began on, so a reload changes
/// nothing for it.
struct Setup {
  Setup(std::shared_ptr<const Snapshot> given, runtime::Resolver& resolver, Metrics& metrics,
        bool loopback_only)
      : snapshot(std::move(given)),
        router(snapshot->config, snapshot->models->tokens, snapshot->tls, resolver, metrics),
        policy({snapshot->chain.authenticates(), loopback_only,
                snapshot->config.server.cors_origins}) {}

  const config::ServerOptions& options() const noexcept { return snapshot->config.server; }

  std::shared_ptr<const Snapshot> snapshot;
  upstream::Router router;
  BrowserPolicy policy;
};

}  // namespace penstock::server
