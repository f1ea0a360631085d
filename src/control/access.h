#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "penstock/result.h"
#include "penstock/secret.h"

#include "http/request_parser.h"

namespace penstock::control {

/// Who may act on the gateway. With an admin key: who presents it as `Authorization: Bearer`.
/// Without one: who can connect, but no web page: Host has to be a loopback name, so that a page
/// cannot rebind its name to 127.0.0.1, and Origin, which browsers send with every POST, has to be
/// a loopback one where there is any. A key is no ambient credential, so with one no page is
/// feared.
///
/// Holds the key's SHA-256 digest alone and compares digests in constant time. Immutable,
/// thread-safe.
class AccessPolicy {
 public:
  explicit AccessPolicy(const Secret& admin_key);

  /// Errors: kUnauthenticated and kForbidden.
  Result<void> admit(const http::RequestHead& head) const;

 private:
  using Digest = std::array<std::uint8_t, 32>;
  static Digest digest(std::string_view text);

  bool presents_key(const http::RequestHead& head) const;

  std::optional<Digest> admin_key_;
};

}  // namespace penstock::control
