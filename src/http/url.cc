#include "http/url.h"

#include <optional>

#include "penstock/headers.h"

#include "http/authority.h"
#include "http/path.h"

namespace penstock::http {

namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

constexpr std::uint16_t default_port(bool tls) noexcept {
  return tls ? kHttpsPort : kHttpPort;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Reads `text` up to "://" as the scheme and takes it off. True: https.
Result<bool> take_scheme(std::string_view& text) {
  const std::size_t end = text.find("://");
  const auto scheme = text.substr(0, end);
  const bool tls = equals_ignoring_case(scheme, "https");
  if (end == std::string_view::npos || (!tls && !equals_ignoring_case(scheme, "http"))) {
    return invalid_request("the URL does not start with https:// or http://");
  }
  text.remove_prefix(end + 3);
  return tls;
}

Result<void> read_authority(std::string_view text, Url& url) {
  if (text.find('@') != std::string_view::npos) {
    return invalid_request("the URL holds user info; a key has a setting of its own");
  }
  const auto authority = internal::split_authority(text);
  if (authority && authority->host.empty()) return invalid_request("the URL has no host");
  if (!authority || !internal::is_valid_host_name(*authority)) {
    return invalid_request("the host of the URL is invalid");
  }
  const auto port = authority->port ? internal::parse_port(*authority->port)
                                    : std::optional(default_port(url.tls));
  if (!port || *port == 0) return invalid_request("the port of the URL is not 1 to 65535");
  url.host = lower_case(authority->host);
  url.port = *port;
  return {};
}

Result<std::string> read_path(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  if (text.empty()) return std::string();
  auto path = internal::canonical_path(text);
  if (!path) return invalid_request("the URL is invalid: " + path.error().public_message);
  return path;
}

}  // namespace

std::string Url::authority() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  std::string text = ipv6 ? "[" + host + "]" : host;
  if (port != default_port(tls)) text += ":" + std::to_string(port);
  return text;
}

Result<Url> parse_url(std::string_view text) {
  if (!is_field_value(text) || text.find_first_of(" \t") != std::string_view::npos) {
    return invalid_request("the URL holds white space or a control byte");
  }
  if (text.find('#') != std::string_view::npos) return invalid_request("the URL has a fragment");
  if (text.find('?') != std::string_view::npos) return invalid_request("the URL has a query");
  Url url;
  url.tls = TRY(take_scheme(text));
  const auto authority = text.substr(0, text.find('/'));
  TRY_VOID(read_authority(authority, url));
  url.path = TRY(read_path(text.substr(authority.size())));
  return url;
}

Result<HostPort> parse_host_port(std::string_view text) {
  const auto authority = internal::split_authority(text);
  if (!authority || !authority->port) {
    return invalid_request("the address is not `host:port`, `[IPv6]:port` or `:port`");
  }
  const bool all_interfaces = authority->host.empty() && !authority->bracketed;
  if (!all_interfaces && !internal::is_valid_host_name(*authority)) {
    return invalid_request("the host of the address is invalid");
  }
  const auto port = internal::parse_port(*authority->port);
  if (!port) return invalid_request("the port of the address is not 0 to 65535");
  return HostPort{std::string(authority->host), *port};
}

}  // namespace penstock::http
