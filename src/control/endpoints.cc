#include "control/endpoints.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace penstock::control {

namespace {

constexpr std::string_view kReads = "GET, HEAD";
constexpr std::string_view kActs = "POST";

constexpr std::array<Endpoint, 9> kEndpoints{{
    {"/livez", kReads, Audience::kEverybody, Body::kIgnored},
    {"/readyz", kReads, Audience::kEverybody, Body::kIgnored},
    {"/metrics", kReads, Audience::kOperators, Body::kIgnored},
    {"/openapi.yaml", kReads, Audience::kOperators, Body::kIgnored},
    {"/v1/status", kReads, Audience::kOperators, Body::kIgnored},
    {"/v1/limits", kReads, Audience::kOperators, Body::kIgnored},
    {"/v1/config/check", kActs, Audience::kOperators, Body::kText},
    {"/v1/config/reload", kActs, Audience::kOperators, Body::kIgnored},
    {"/v1/schema/validate", kActs, Audience::kOperators, Body::kText},
}};

/// Methods are told apart by case (RFC 9110 section 9.1).
bool allows(const Endpoint& endpoint, std::string_view method) {
  return concat({" ", endpoint.methods, ","}).find(concat({" ", method, ","})) != std::string::npos;
}

// Enough of a foreign text to recognise it by.
constexpr std::size_t kMaxShown = 256;

}  // namespace

std::span<const Endpoint> endpoints() noexcept {
  return kEndpoints;
}

Result<const Endpoint*> find_endpoint(std::string_view path) {
  const auto found = std::find_if(kEndpoints.begin(), kEndpoints.end(),
                                  [&](const Endpoint& each) { return each.path == path; });
  if (found != kEndpoints.end()) return &*found;
  std::string message = concat(
      {"there is nothing at ", path.substr(0, kMaxShown), " of the control plane; there are"});
  for (const Endpoint& each : kEndpoints) {
    message += concat({&each == kEndpoints.begin() ? " " : ", ", each.path});
  }
  Error error = invalid_request(std::move(message));
  error.kind = ErrorKind::kNotFound;
  return error;
}

Result<void> check_method(const Endpoint& endpoint, std::string_view method) {
  if (allows(endpoint, method)) return {};
  Error error =
      invalid_request(concat({"the method ", method.substr(0, kMaxShown), " is not allowed for ",
                              endpoint.path, "; use ", endpoint.methods}));
  error.kind = ErrorKind::kMethodNotAllowed;
  error.detail = endpoint.methods;
  return error;
}

}  // namespace penstock::control
