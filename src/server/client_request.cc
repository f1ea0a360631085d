#include "server/client_request.h"

#include <algorithm>

#include "base/name_set.h"
#include "base/text.h"
#include "http/fields.h"

namespace penstock::server {

namespace {

/// Fields that end here: framing, this hop, this browser, credentials, what names the client's
/// network, and what we set ourselves.
constexpr auto kConsumed = make_name_set(
    "accept-encoding", "api-key", "authorization", "cache-control", "connection", "content-length",
    "cookie", "expect", "forwarded", "host", "if-none-match", "keep-alive", "openai-organization",
    "openai-project", "origin", "proxy-authorization", "proxy-connection", "range", "referer", "te",
    "trailer", "transfer-encoding", "upgrade", "via", "x-api-key", "x-client-ip", "x-real-ip",
    "x-request-id");

bool is_consumed(std::string_view name) {
  return kConsumed.has(name) || name.starts_with("x-forwarded-") || name.starts_with("sec-") ||
         name.starts_with("access-control-") || name.starts_with("x-penstock-");
}

/// The token of `Bearer <token>`; nullopt for another grammar.
std::optional<std::string_view> bearer_token(std::string_view value) {
  constexpr std::string_view kScheme = "bearer ";
  if (value.size() <= kScheme.size()) return std::nullopt;
  if (!equals_ignoring_case(value.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  const std::string_view token = value.substr(kScheme.size());
  const bool clean =
      std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 127; });
  return clean ? std::optional(token) : std::nullopt;
}

void take_credential(const Headers& headers, Request& request) {
  headers.for_each([&](const Headers::Field& field) {
    std::optional<std::string_view> token;
    if (field.name == "authorization") {
      token = bearer_token(field.value);
      // An empty key is what SDKs send when none is configured.
      if (!token && equals_ignoring_case(field.value, "bearer")) return;
    } else if (field.name == "x-api-key" || field.name == "api-key") {
      token = field.value;
    } else {
      return;
    }
    const bool differs = !request.credential.empty() && token && request.credential != *token;
    const bool repeated = headers.count(field.name) > 1;
    if (!token || differs || repeated) request.credential_conflict = true;
    if (token) request.credential = *token;
  });
}

/// JSON is UTF-8, and nobody behind us may be told otherwise.
bool keeps_utf8(std::string_view parameter) {
  const std::size_t equals = std::min(parameter.find('='), parameter.size());
  if (!equals_ignoring_case(trim(parameter.substr(0, equals)), "charset")) return true;
  const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
  return equals_ignoring_case(value, "utf-8") || equals_ignoring_case(value, "\"utf-8\"");
}

/// JSON, and of its parameters (RFC 9110 section 8.3.1) no charset but UTF-8. A semicolon
/// inside quotes cuts there as well, which can only make us refuse more.
bool has_json_type(const http::RequestHead& head) {
  std::string_view type = head.headers.get("content-type").value_or("");
  if (!equals_ignoring_case(media_type(type), "application/json")) return false;
  for (std::size_t at = type.find(';'); at != std::string_view::npos; at = type.find(';')) {
    type.remove_prefix(at + 1);
    if (!keeps_utf8(trim(type.substr(0, type.find(';'))))) return false;
  }
  return true;
}

Error unsupported(std::string message) {
  Error error = invalid_request(std::move(message));
  error.kind = ErrorKind::kUnsupportedMediaType;
  return error;
}

bool names_a_key(std::string_view query) {
  for (const std::string_view name : {"api_key=", "api-key=", "key=", "access_token="}) {
    const std::size_t at = query.find(name);
    if (at != std::string_view::npos && (at == 0 || query[at - 1] == '&')) return true;
  }
  return false;
}

}  // namespace

Request make_request(http::RequestHead& head, const http::Target& target, const RouteMatch& match) {
  Request request;
  request.route = match.route;
  request.method = head.method;
  request.path = match.path;
  request.query = target.query;
  take_credential(head.headers, request);
  request.headers = std::move(head.headers);
  const std::string hop = http::connection_options(request.headers);
  request.headers.remove_if([&](const Headers::Field& field) {
    return is_consumed(field.name) || list_has(hop, field.name);
  });
  return request;
}

Result<void> check_request(const http::RequestHead& head, const http::Target& target,
                           const RouteMatch& match) {
  if (names_a_key(target.query)) {
    return invalid_request("a key in the URL ends up in logs; send it as `Authorization: Bearer`");
  }
  if (const auto encoding = http::content_coding(head.headers)) {
    return unsupported("content-encoding " + std::string(encoding->substr(0, 64)) +
                       " is not supported; send the body as it is");
  }
  if (head.headers.count("content-type") > 1) {
    return unsupported("the header content-type is given more than once");
  }
  if (match.wants_json && !has_json_type(head)) {
    return unsupported("the header content-type must be application/json, in utf-8");
  }
  return {};
}

}  // namespace penstock::server
