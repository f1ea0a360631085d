#include "control/access.h"

#include <string>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "base/text.h"
#include "http/url.h"

namespace penstock::control {

namespace {

// Enough of a foreign text to recognise it by.
constexpr std::size_t kMaxShown = 256;

bool is_loopback_origin(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && http::is_loopback_host(origin.substr(scheme + 3));
}

Error refusal(ErrorKind kind, std::string message, std::string code = {}) {
  Error error = invalid_request(std::move(message), {}, std::move(code));
  error.kind = kind;
  return error;
}

}  // namespace

AccessPolicy::AccessPolicy(const Secret& admin_key) {
  if (!admin_key.empty()) admin_key_ = digest(admin_key.reveal());
}

Result<void> AccessPolicy::admit(const http::RequestHead& head) const {
  if (admin_key_) {
    if (presents_key(head)) return {};
    return refusal(ErrorKind::kUnauthenticated,
                   "the admin key is missing or wrong; send the value of control.admin_key as "
                   "`authorization: Bearer <key>`");
  }
  if (!http::is_loopback_host(head.host)) {
    return refusal(ErrorKind::kForbidden,
                   concat({"the host `", std::string_view(head.host).substr(0, kMaxShown),
                           "` is not served: without control.admin_key only loopback names are"}),
                   "host_not_allowed");
  }
  const auto origin = head.headers.get("origin");
  if (origin && !is_loopback_origin(*origin)) {
    return refusal(ErrorKind::kForbidden,
                   concat({"the origin `", origin->substr(0, kMaxShown),
                           "` may not call: without control.admin_key only loopback origins may"}),
                   "origin_not_allowed");
  }
  return {};
}

AccessPolicy::Digest AccessPolicy::digest(std::string_view text) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

bool AccessPolicy::presents_key(const http::RequestHead& head) const {
  // Of two credentials one might be for somebody else: neither counts.
  if (head.headers.count("authorization") != 1) return false;
  const std::string_view value = *head.headers.get("authorization");
  const std::size_t space = value.find(' ');
  if (space == std::string_view::npos) return false;
  if (!equals_ignoring_case(value.substr(0, space), "bearer")) return false;
  const Digest presented = digest(trim(value.substr(space)));
  return CRYPTO_memcmp(presented.data(), admin_key_->data(), presented.size()) == 0;
}

}  // namespace penstock::control
