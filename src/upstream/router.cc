#include "upstream/router.h"

#include <utility>

#include "upstream/demo.h"
#include "upstream/http_upstream.h"
#include "upstream/models.h"

namespace penstock::upstream {

using Kind = config::UpstreamOptions::Kind;

Result<TlsContexts> make_tls_contexts(const config::Config& config) {
  TlsContexts contexts;
  for (const auto& [name, options] : config.upstreams) {
    if (options.kind != Kind::kOpenai || !options.base_url.tls) continue;
    auto context = runtime::TlsContext::for_client(options.tls);
    if (!context) {
      Error error = context.error();
      error.detail = "upstreams." + name + ".tls." + error.param + ": " + error.detail;
      return error;
    }
    contexts[name] = std::move(*context);
  }
  return contexts;
}

Router::Router(const config::Config& config, const tokens::Models& models, const TlsContexts& tls,
               runtime::Resolver& resolver, Metrics& metrics)
    : config_(config) {
  for (const auto& [name, options] : config.upstreams) {
    if (options.kind == Kind::kDemo) {
      upstreams_[name] = std::make_unique<Demo>(options.demo_pace);
      continue;
    }
    const auto context = tls.find(name);
    upstreams_[name] = std::make_unique<HttpUpstream>(
        options, models, resolver, context == tls.end() ? nullptr : context->second, metrics);
  }
}

Result<Response> Router::call(Exchange& x) const {
  if (x.request.route == Route::kModels) return list_models(config_, x.request.path);
  const RequestFacts& facts = *TRY(x.facts());
  const auto upstream = upstreams_.find(facts.target.upstream);
  if (upstream == upstreams_.end()) {
    Error error = invalid_request("the model `" + facts.model + "` does not exist here", "model");
    error.kind = ErrorKind::kModelNotFound;
    return error;
  }
  return upstream->second->send(x);
}

}  // namespace penstock::upstream
