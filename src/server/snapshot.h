#pragma once

#include <memory>

#include "chain/chain.h"
#include "config/config.h"
#include "money/model_data.h"
#include "upstream/router.h"

namespace penstock::server {

/// A configuration with everything that was built from it. Immutable; shared by all event loops and
/// by the exchanges that run on it.
struct Snapshot {
  config::Config config;
  std::shared_ptr<const ModelData> models;  // never null
  Chain chain;
  upstream::TlsContexts tls;
  std::shared_ptr<runtime::TlsContext> server_tls;  // null: plain HTTP

  /// Builds the chain and reads what files the configuration names. What is wrong goes to
  /// `diagnostics`; the result is then null.
  static std::shared_ptr<const Snapshot> build(config::Config config,
                                               config::Diagnostics& diagnostics,
                                               const Services& services);

 private:
  void make_tls(config::Diagnostics& diagnostics);
};

}  // namespace penstock::server
