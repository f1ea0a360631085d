#include "interceptors/auth/auth.h"

#include <memory>
#include <string>
#include <utility>

namespace penstock {
namespace {

Principal foreign_principal(const auth::Digest& digest) {
  std::string id = auth::to_hex(digest);
  return {"key-" + id.substr(0, 16), std::move(id)};
}

/// For the log alone.
std::string reason(const Request& request) {
  if (request.credential_conflict) return "malformed or contradictory credentials";
  if (request.credential.empty()) return "no credential";
  return "unknown credential";
}

Error unauthenticated(const Request& request) {
  Error error;
  error.kind = ErrorKind::kUnauthenticated;
  error.source = ErrorSource::kClient;
  error.public_message = "missing or wrong API key; send it as `Authorization: Bearer <key>`";
  error.detail = reason(request);
  return error;
}

}  // namespace

Auth::Auth(const auth::Options& options) : passthrough_(options.passthrough), keys_(options.keys) {}

Result<Response> Auth::handle(Exchange& x, Next next) const {
  x.principal = identify(x.request);
  if (x.principal) return next(x);
  // RFC 9110 section 15.5.2: a 401 names the scheme that is wanted.
  x.on_answer([](Headers& headers) { headers.set("www-authenticate", "Bearer"); });
  return unauthenticated(x.request);
}

std::optional<Principal> Auth::identify(const Request& request) const {
  if (request.credential_conflict || !auth::is_possible_key(request.credential))
    return std::nullopt;
  const auth::Digest digest = auth::sha256(request.credential);
  if (passthrough_) return foreign_principal(digest);
  const std::string* name = keys_.find(digest);
  if (name == nullptr) return std::nullopt;
  return Principal{*name, *name};
}

Layer make_auth(const config::Node& options, config::Diagnostics& diagnostics, const Services&) {
  return {
      std::make_unique<Auth>(auth::Options::parse(options, diagnostics)), {}, {Fact::kPrincipal}};
}

}  // namespace penstock
