#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "penstock/result.h"

namespace penstock::http {

/// An absolute http or https URL of the configuration, such as an upstream's base_url.
struct Url {
  bool tls = false;
  std::string host;        // lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;  // the scheme's default where none is given
  std::string path;        // without a trailing slash; empty for the root
  /// What goes into the Host field: host, brackets for IPv6, port unless it is the default.
  std::string authority() const;
};

/// Errors (kInvalidRequest): another scheme, user info, query, fragment, control bytes, bad port,
/// empty host; the message says which.
Result<Url> parse_url(std::string_view text);

/// A request target in canonical form.
struct Target {
  std::string path;   // percent-encoding kept where it was needed; no dot segment, no empty segment
  std::string query;  // as sent, without the question mark
};

/// Reads origin-form or absolute-form (whose authority must equal `host`), RFC 9112 section 3.2.
/// One canonicaliser for routing, metrics and authorization: encoded slashes outside a model id,
/// encoded NUL, backslashes, dot and empty segments (a trailing slash makes one), fragments,
/// control bytes and escapes that are not UTF-8 are refused; a query is at most 8 KiB. `*` and
/// authority-form are refused, but for `*` with OPTIONS.
///
/// Errors: kMalformedHttp (400), kUriTooLong (414). Both end the connection.
Result<Target> parse_target(std::string_view method, std::string_view target,
                            std::string_view host);

/// Decodes percent-encoding once. Error: kMalformedHttp, a broken or a control-byte escape.
Result<std::string> percent_decode(std::string_view text);

/// True for a well-formed value of Host: host, optional port (RFC 9110 section 7.2). Narrower than
/// the RFC: a name is of letters, digits, `-`, `.` and `_`, a port is not empty.
bool is_valid_host(std::string_view host) noexcept;

/// "127.0.0.1:4000", "[::1]:4000", ":4000" (all interfaces: an empty host), "localhost:4000". Port
/// 0 lets the system choose. Error: kInvalidRequest.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
Result<HostPort> parse_host_port(std::string_view text);

/// True for localhost and the loopback addresses, with or without a port and brackets.
bool is_loopback_host(std::string_view host) noexcept;

}  // namespace penstock::http
