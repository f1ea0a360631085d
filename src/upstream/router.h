#pragma once

#include <map>
#include <memory>
#include <string>

#include "penstock/interceptor.h"

#include "config/config.h"
#include "metrics/metrics.h"
#include "runtime/resolver.h"
#include "runtime/tls.h"
#include "tokens/models.h"
#include "upstream/upstream.h"

namespace penstock::upstream {

/// The TLS contexts of the upstreams, by name; null for those over http. Shared by all loops.
using TlsContexts = std::map<std::string, std::shared_ptr<runtime::TlsContext>>;
/// Error: a certificate or key file is missing or bad; `detail` names the setting and the file.
Result<TlsContexts> make_tls_contexts(const config::Config& config);

/// The end of the chain on one event loop: sends each exchange to the upstream of its model, and
/// answers the models' list itself.
class Router final : public Endpoint {
 public:
  /// All but `tls` outlives it and its answers. Made on the thread of its loop.
  Router(const config::Config& config, const tokens::Models& models, const TlsContexts& tls,
         runtime::Resolver& resolver, Metrics& metrics);
  /// Errors: kModelNotFound, and those of Upstream::send and Exchange::facts.
  Result<Response> call(Exchange& x) const override;

 private:
  const config::Config& config_;
  std::map<std::string, std::unique_ptr<Upstream>, std::less<>> upstreams_;
};

}  // namespace penstock::upstream
