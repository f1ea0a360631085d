#include "limits/remote/options.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "penstock/headers.h"

#include "base/text.h"
#include "http/url.h"

namespace penstock::limits {

namespace {

constexpr std::size_t kMaxUrlBytes = 4096;
constexpr unsigned kMaxDatabase = 65'535;
constexpr std::uint16_t kDefaultPort = 6379;

/// Takes the scheme off. nullopt: it is none of ours; true: TLS.
std::optional<bool> take_scheme(std::string_view& url) {
  const std::size_t end = url.find("://");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = url.substr(0, end);
  url.remove_prefix(end + 3);
  if (equals_ignoring_case(scheme, "valkey") || equals_ignoring_case(scheme, "redis")) return false;
  if (equals_ignoring_case(scheme, "valkeys") || equals_ignoring_case(scheme, "rediss"))
    return true;
  return std::nullopt;
}

Result<void> read_user_info(std::string_view text, RemoteOptions& options) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  auto user = http::percent_decode(text.substr(0, colon));
  auto password = http::percent_decode(text.substr(std::min(colon + 1, text.size())));
  if (!user || !password) {
    return invalid_request(
        "user or password in the URL hold an escape that is invalid; write % as %25, or use the "
        "setting `password`");
  }
  if (password->empty()) {
    return invalid_request("the URL has a user without a password; write user:password@host");
  }
  options.username = std::move(*user);
  options.password = Secret(std::move(*password));
  return {};
}

Result<unsigned> read_database(std::string_view path) {
  if (path.empty() || path == "/") return 0U;
  path.remove_prefix(1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), number);
  if (error != std::errc() || end != path.data() + path.size() || number > kMaxDatabase) {
    return invalid_request(
        "what follows the host in the URL is not the number of a database; "
        "write /0, or nothing");
  }
  return number;
}

bool has_port(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  return colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
}

}  // namespace

Result<RemoteOptions> parse_store_url(std::string_view url) {
  if (url.size() > kMaxUrlBytes) return invalid_request("the URL is longer than 4 KiB");
  const auto tls = take_scheme(url);
  if (!tls) {
    return invalid_request(
        "expected the URL of a Valkey or Redis server, such as valkey://127.0.0.1:6379/0, or "
        "valkeys:// for TLS");
  }
  if (url.find_first_of("?#") != std::string_view::npos) {
    return invalid_request("the URL has a query or a fragment; leave out what begins with ? or #");
  }
  RemoteOptions options;
  options.tls = *tls;
  const std::size_t at = url.substr(0, url.find('/')).rfind('@');
  if (at != std::string_view::npos) {
    TRY_VOID(read_user_info(url.substr(0, at), options));
    url.remove_prefix(at + 1);
  }
  const std::string_view authority = url.substr(0, url.find('/'));
  options.database = TRY(read_database(url.substr(authority.size())));
  // The rules for a host are those of every other URL.
  const auto address = TRY(http::parse_url(concat({"http://", authority})));
  options.host = address.host;
  options.port = has_port(authority) ? address.port : kDefaultPort;
  return options;
}

std::string name_of(const RemoteOptions& options) {
  const bool ipv6 = options.host.find(':') != std::string::npos;
  return concat({options.tls ? "valkeys://" : "valkey://", ipv6 ? "[" : "", options.host,
                 ipv6 ? "]:" : ":", std::to_string(options.port), "/",
                 std::to_string(options.database)});
}

}  // namespace penstock::limits
