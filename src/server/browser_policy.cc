#include "server/browser_policy.h"

#include <algorithm>

#include "http/url.h"

namespace penstock::server {

namespace {

constexpr std::string_view kExposed =
    "x-request-id, x-penstock-upstream, x-penstock-overhead-us, retry-after, retry-after-ms, "
    "x-should-retry, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, "
    "x-ratelimit-reset-requests, x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, "
    "x-ratelimit-reset-tokens";

bool is_loopback_origin(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;
  return http::is_loopback_host(origin.substr(scheme + 3));
}

Error forbidden(std::string message, std::string code) {
  Error error = invalid_request(std::move(message), {}, std::move(code));
  error.kind = ErrorKind::kForbidden;
  return error;
}

}  // namespace

bool BrowserPolicy::allows(std::string_view origin) const {
  if (!options_.origins) return options_.authenticates || is_loopback_origin(origin);
  const auto& list = *options_.origins;
  return std::any_of(list.begin(), list.end(),
                     [&](const std::string& each) { return each == "*" || each == origin; });
}

Result<void> BrowserPolicy::admit(const http::RequestHead& head) const {
  const bool open_to_all = options_.authenticates || !options_.loopback_only;
  if (!open_to_all && !head.host.empty() && !http::is_loopback_host(head.host)) {
    return forbidden("the host `" + head.host.substr(0, 256) +
                         "` is not served: without `auth` in the chain only loopback names are",
                     "host_not_allowed");
  }
  const auto origin = head.headers.get("origin");
  if (origin && !allows(*origin)) {
    return forbidden("the origin `" + std::string(origin->substr(0, 256)) +
                         "` may not call; server.cors.origins lists who may",
                     "origin_not_allowed");
  }
  return {};
}

bool BrowserPolicy::is_preflight(const http::RequestHead& head) {
  return head.method == "OPTIONS" && head.headers.get("origin") &&
         head.headers.get("access-control-request-method");
}

Headers BrowserPolicy::preflight_headers(const http::RequestHead& head) const {
  Headers headers;
  allow_reading(head.headers.get("origin").value_or(""), headers);
  headers.set("access-control-allow-methods", "GET, HEAD, POST, DELETE, OPTIONS");
  if (const auto asked = head.headers.get("access-control-request-headers")) {
    headers.set("access-control-allow-headers", *asked);
  }
  headers.set("access-control-max-age", "600");
  return headers;
}

void BrowserPolicy::allow_reading(std::string_view origin, Headers& answer) const {
  if (origin.empty()) return;
  answer.set("access-control-allow-origin", origin);
  answer.set("access-control-expose-headers", kExposed);
  answer.set("vary", "origin");
}

}  // namespace penstock::server
