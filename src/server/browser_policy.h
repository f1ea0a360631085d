#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/headers.h"
#include "penstock/result.h"

#include "http/request_parser.h"

namespace penstock::server {

/// What web pages may do. With `auth` in the chain any origin may call, since the key is no ambient
/// credential; without it only loopback origins may, and Host must be a loopback name (unless the
/// gateway was told to serve others with `auth: none`), so that no web page can spend the user's
/// key, not even by rebinding its name to 127.0.0.1. Immutable, thread-safe.
class BrowserPolicy {
 public:
  struct Options {
    bool authenticates = false;
    bool loopback_only = true;                        // listens on loopback
    std::optional<std::vector<std::string>> origins;  // replaces the default; "*" allows any
  };
  explicit BrowserPolicy(Options options) : options_(std::move(options)) {}

  /// Error: kForbidden when Host or Origin say that a web page misuses us.
  Result<void> admit(const http::RequestHead& head) const;
  /// True for a CORS preflight.
  static bool is_preflight(const http::RequestHead& head);
  /// The headers of the answer to a preflight: 204, without auth.
  Headers preflight_headers(const http::RequestHead& head) const;
  /// Adds what lets the page read the answer; nothing for a request without Origin.
  void allow_reading(std::string_view origin, Headers& answer) const;

 private:
  bool allows(std::string_view origin) const;
  Options options_;
};

}  // namespace penstock::server
