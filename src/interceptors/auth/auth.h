#pragma once

#include <optional>

#include "penstock/config.h"
#include "penstock/exchange.h"
#include "penstock/interceptor.h"

#include "chain/factory.h"
#include "interceptors/auth/key_table.h"
#include "interceptors/auth/options.h"

namespace penstock {

/// Establishes who asks, from the credential that the server read off the request or from the
/// client certificate that it verified.
///
/// With `keys` the credential must be one of them; the principal has the name of the key. With
/// `passthrough` any credential will do, since the upstream judges it; the principal is named after
/// its digest. With `client_certificate` a verified certificate will do where no key is sent, and
/// where there are no keys at all; the principal is named after its common name. A key that is sent
/// decides alone: a wrong one is refused, whatever certificate comes with it. A credential that is
/// missing, wrong, malformed or given twice in different words is answered by one and the same 401,
/// so that nobody learns which keys exist. Keys themselves are not kept, only their SHA-256
/// digests.
///
/// Does not suspend by itself. Immutable, so thread-safe.
class Auth final : public Interceptor {
 public:
  explicit Auth(const auth::Options& options);

  Result<Response> handle(Exchange& x, Next next) const override;

 private:
  std::optional<Principal> identify(const Request& request) const;
  std::optional<Principal> identify_by_key(std::string_view key) const;
  Error unauthenticated(const Request& request) const;

  bool passthrough_;
  bool client_certificate_;
  auth::KeyTable keys_;
};

/// See InterceptorKind::create. Provides Fact::kPrincipal.
Layer make_auth(const config::Node& options, config::Diagnostics& diagnostics,
                const Services& services);

}  // namespace penstock
