#pragma once

#include "tokens/models.h"
#include "upstream/connection_pool.h"
#include "upstream/outgoing.h"
#include "upstream/upstream.h"

namespace penstock::upstream {

/// A provider that speaks the OpenAI API over HTTP/1.1, plain or TLS.
class HttpUpstream final : public Upstream {
 public:
  /// As ConnectionPool. `models` outlives it and its answers: what they write is counted by it.
  HttpUpstream(const config::UpstreamOptions& options, const tokens::Models& models,
               runtime::Resolver& resolver, std::shared_ptr<runtime::TlsContext> tls,
               Metrics& metrics)
      : options_(options), models_(models), pool_(options, resolver, std::move(tls), metrics) {}

  /// An answer that comes while the request is still being sent ends the sending.
  /// A pooled connection that turns out to be dead before it has given a byte was closed by the
  /// other side in the meantime: the request goes out once more, on a new one.
  Result<Response> send(Exchange& x) override;

 private:
  struct Sent;
  Result<Sent> send_once(Exchange& x, const Outgoing& outgoing, bool may_reuse);

  const config::UpstreamOptions& options_;
  const tokens::Models& models_;
  ConnectionPool pool_;
};

}  // namespace penstock::upstream
