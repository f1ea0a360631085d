#pragma once

#include <optional>

#include "penstock/config.h"
#include "penstock/exchange.h"
#include "penstock/interceptor.h"

#include "chain/factory.h"
#include "interceptors/auth/key_table.h"
#include "interceptors/auth/options.h"

namespace penstock {

/// Establishes who asks, from the credential that the server read off the request.
///
/// With `keys` the credential must be one of them; the principal has the name of the key. With
/// `passthrough` any credential will do, since the upstream judges it; the principal is named after
/// its digest. A credential that is missing, wrong, malformed or given twice in different words is
/// answered by one and the same 401, so that nobody learns which keys exist. Keys themselves are
/// not kept, only their SHA-256 digests.
///
/// Does not suspend by itself. Immutable, so thread-safe.
class Auth final : public Interceptor {
 public:
  explicit Auth(const auth::Options& options);

  Result<Response> handle(Exchange& x, Next next) const override;

 private:
  std::optional<Principal> identify(const Request& request) const;

  bool passthrough_;
  auth::KeyTable keys_;
};

/// See InterceptorKind::create. Provides Fact::kPrincipal.
Layer make_auth(const config::Node& options, config::Diagnostics& diagnostics,
                const Services& services);

}  // namespace penstock
