// URLs, addresses and request targets. What was read and is written out again reads the same; a
// canonical path means the same to every reader.

#include "http/url.h"

#include <algorithm>
#include <string>

#include "fuzz/input.h"
#include "fuzz/require.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;

bool holds_escape(std::string_view text) {
  while (true) {
    text.remove_prefix(std::min(text.find('%'), text.size()));
    if (text.empty()) return false;
    if (http::percent_decode(text.substr(0, 3))) return true;
    text.remove_prefix(1);
  }
}

/// A path on which no two readers disagree, whether they decode and normalise it or not.
void check_path(std::string_view path) {
  require(path.starts_with('/'), "a path starts with a slash");
  const auto decoded = http::percent_decode(path);
  require(decoded.has_value(), "a path can be decoded");
  for (const char c : *decoded) {
    require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '\\',
            "a path holds no control byte and no backslash");
  }
  if (path == "/") return;
  std::string_view rest = std::string_view(*decoded).substr(1);
  while (true) {
    const auto segment = rest.substr(0, rest.find('/'));
    require(!segment.empty() && segment != "." && segment != "..",
            "a path has neither empty nor dot segments");
    if (segment.size() == rest.size()) break;
    rest.remove_prefix(segment.size() + 1);
  }
  const std::size_t encoded_slash = path.find("%2F");
  require(path.find("%2f") == std::string_view::npos, "escapes are in upper case");
  require(encoded_slash == std::string_view::npos ||
              path.substr(0, encoded_slash).find("/models/") != std::string_view::npos,
          "an encoded slash stands in a model id only");
  require(!holds_escape(*decoded), "a path is not encoded twice");
}

void check_url(std::string_view text) {
  const auto url = http::parse_url(text);
  if (!url) {
    require(!url.error().public_message.empty(), "a refusal says why");
    return;
  }
  require(http::is_valid_host(url->authority()), "the authority of a URL is a valid Host");
  if (!url->path.empty()) check_path(url->path);
  const auto again =
      http::parse_url((url->tls ? "https://" : "http://") + url->authority() + url->path);
  require(again.has_value(), "a URL that was written can be read");
  require(again->tls == url->tls && again->port == url->port, "scheme and port stay");
  require_equal(again->host, url->host, "the host stays");
  require_equal(again->path, url->path, "the path stays");
}

void check_host_port(std::string_view text) {
  const auto address = http::parse_host_port(text);
  if (!address) return;
  const bool ipv6 = address->host.find(':') != std::string::npos;
  const std::string host = ipv6 ? "[" + address->host + "]" : address->host;
  const auto again = http::parse_host_port(host + ":" + std::to_string(address->port));
  require(again.has_value(), "an address that was written can be read");
  require_equal(again->host, address->host, "the host of an address stays");
  require(again->port == address->port, "the port of an address stays");
}

void check_target(std::string_view method, std::string_view text, std::string_view host) {
  const auto target = http::parse_target(method, text, host);
  if (!target || target->path == "*") return;
  check_path(target->path);
  const std::string written = target->path + (target->query.empty() ? "" : "?" + target->query);
  const auto again = http::parse_target(method, written, host);
  require(again.has_value(), "a target that was written can be read");
  require_equal(again->path, target->path, "a canonical path stays");
  require_equal(again->query, target->query, "a query stays");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ExactCopy copy(Input(data, size).rest());
  const auto text = copy.text();
  check_url(text);
  check_host_port(text);
  check_target("GET", text, "h:80");
  check_target("OPTIONS", text, text);
  if (http::is_loopback_host(text)) {
    require(text.find_first_of("/@?# \\") == std::string_view::npos,
            "a loopback name is a name and nothing else");
  }
  return 0;
}
