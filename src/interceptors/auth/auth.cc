#include "interceptors/auth/auth.h"

#include <memory>
#include <string>
#include <utility>

#include "interceptors/auth/certificate.h"

namespace penstock {
namespace {

Principal foreign_principal(const auth::Digest& digest) {
  std::string id = auth::to_hex(digest);
  return {"key-" + id.substr(0, 16), std::move(id)};
}

/// For the log alone.
std::string reason(const Request& request) {
  if (request.credential_conflict) return "malformed or contradictory credentials";
  if (!request.credential.empty()) return "unknown credential";
  return "no credential";
}

constexpr const char* kWrongKey =
    "missing or wrong API key; send it as `Authorization: Bearer <key>`";
constexpr const char* kWrongKeyAndNoCertificate =
    "missing or wrong API key; send it as `Authorization: Bearer <key>`, or show a client "
    "certificate and send no key";
constexpr const char* kNoCertificate =
    "no client certificate; connect with one of an authority that this server trusts";

}  // namespace

Auth::Auth(const auth::Options& options)
    : passthrough_(options.passthrough),
      client_certificate_(options.client_certificate),
      keys_(options.keys) {}

Result<Response> Auth::handle(Exchange& x, Next next) const {
  x.principal = identify(x.request);
  if (x.principal) return next(x);
  // RFC 9110 section 15.5.2: a 401 names the scheme that is wanted.
  x.on_answer([](Headers& headers) { headers.set("www-authenticate", "Bearer"); });
  return unauthenticated(x.request);
}

std::optional<Principal> Auth::identify(const Request& request) const {
  if (request.credential_conflict) return std::nullopt;
  // Where certificates alone count, a key is nobody's: most SDKs cannot be told to send none.
  const bool keys_count = passthrough_ || !keys_.empty();
  if (keys_count && !request.credential.empty()) return identify_by_key(request.credential);
  if (!client_certificate_ || request.certificate_subject.empty()) return std::nullopt;
  return auth::certificate_principal(request.certificate_subject);
}

std::optional<Principal> Auth::identify_by_key(std::string_view key) const {
  if (!auth::is_possible_key(key)) return std::nullopt;
  const auth::Digest digest = auth::sha256(key);
  if (passthrough_) return foreign_principal(digest);
  const std::string* name = keys_.find(digest);
  if (name == nullptr) return std::nullopt;
  return Principal{*name, *name};
}

Error Auth::unauthenticated(const Request& request) const {
  Error error;
  error.kind = ErrorKind::kUnauthenticated;
  error.source = ErrorSource::kClient;
  error.public_message = !client_certificate_ ? kWrongKey
                         : keys_.empty()      ? kNoCertificate
                                              : kWrongKeyAndNoCertificate;
  error.detail = reason(request);
  return error;
}

Layer make_auth(const config::Node& options, config::Diagnostics& diagnostics, const Services&) {
  return {
      std::make_unique<Auth>(auth::Options::parse(options, diagnostics)), {}, {Fact::kPrincipal}};
}

}  // namespace penstock
