#pragma once

#include "penstock/exchange.h"
#include "penstock/response.h"
#include "penstock/result.h"

namespace penstock::upstream {

/// Something that answers requests: a provider behind HTTP, or the demo inside the process. One
/// instance per event loop, used by that loop's fibers only.
class Upstream {
 public:
  virtual ~Upstream() = default;
  /// Sends the exchange's request as x.facts() and x.request say. Returns when the head of the
  /// answer is known; the body may still be on its way. Adds to x.upstream_wait. May suspend.
  ///
  /// An answer with an error status is a Response: status and body are the provider's. Errors:
  /// kUpstreamUnreachable, kUpstreamTimeout, kUpstreamInvalid, kUpstreamRefusedKey, kCancelled.
  virtual Result<Response> send(Exchange& x) = 0;
};

}  // namespace penstock::upstream
