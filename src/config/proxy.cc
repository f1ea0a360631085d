#include "config/proxy.h"

#include <openssl/evp.h>

#include "config/diagnostics.h"

namespace penstock::config {

namespace {

constexpr std::size_t kMaxUrlBytes = 4096;

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL ends it with a NUL
  const auto size = static_cast<int>(bytes.size());
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()), size);
  text.pop_back();
  return text;
}

/// `user:password` of a URL as RFC 7617 wants it in Proxy-Authorization.
Result<Secret> basic_authorization(std::string_view user_info) {
  const std::size_t colon = std::min(user_info.find(':'), user_info.size());
  const auto user = http::percent_decode(user_info.substr(0, colon));
  const auto password =
      http::percent_decode(user_info.substr(std::min(colon + 1, user_info.size())));
  if (!user || !password || user->find(':') != std::string::npos) {
    return failure("user or password in the URL hold an escape that is invalid");
  }
  return Secret("Basic " + base64(*user + ":" + *password));
}

/// The first of the two spellings that is set to something.
std::optional<std::pair<std::string, std::string>> find_variable(Environment environment,
                                                                 const char* upper,
                                                                 const char* lower) {
  for (const char* name : {upper, lower}) {
    auto value = environment(name);
    if (value && !value->empty()) return std::pair<std::string, std::string>(name, *value);
  }
  return std::nullopt;
}

std::optional<Proxy> proxy_of_environment(MapReader& map, const http::Url& base_url,
                                          Environment environment) {
  auto variable = find_variable(environment, "HTTPS_PROXY", "https_proxy");
  if (!variable) return std::nullopt;
  const auto exceptions = find_variable(environment, "NO_PROXY", "no_proxy");
  if (exceptions && is_covered(exceptions->second, base_url.host, base_url.port)) {
    return std::nullopt;
  }
  auto& [name, value] = *variable;
  // Other programs take a bare host and port there.
  if (value.find("://") == std::string::npos) value.insert(0, "http://");
  auto proxy = parse_proxy(value);
  if (proxy) return std::move(*proxy);
  map.diagnostics().error({map.node().where, map.node().path + ".proxy",
                           "environment variable `" + name + "`: " + proxy.error().public_message +
                               "; correct it, or write `proxy: none`"});
  return std::nullopt;
}

}  // namespace

Result<Proxy> parse_proxy(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (url.size() > kMaxUrlBytes) return failure("the URL is longer than 4 KiB");
  if (!equals_ignoring_case(url.substr(0, kScheme.size()), kScheme)) {
    return failure("expected the URL of an HTTP proxy, such as http://proxy.example.com:3128");
  }
  url.remove_prefix(kScheme.size());
  Proxy proxy;
  const std::size_t at = url.substr(0, url.find('/')).rfind('@');
  if (at != std::string_view::npos) {
    proxy.authorization = TRY(basic_authorization(url.substr(0, at)));
    url.remove_prefix(at + 1);
  }
  const http::Url address = TRY(http::parse_url(std::string(kScheme) + std::string(url)));
  if (!address.path.empty()) return failure("the URL of a proxy has no path");
  proxy.address = {address.host, address.port};
  return proxy;
}

std::optional<Proxy> read_proxy(MapReader& map, const http::Url& base_url,
                                Environment environment) {
  const Node* node = map.find("proxy");
  if (node == nullptr) {
    return base_url.tls ? proxy_of_environment(map, base_url, environment) : std::nullopt;
  }
  const std::string text = map.text("proxy");
  if (node->kind != Node::Kind::kScalar || text == "none") return std::nullopt;
  auto proxy = parse_proxy(text);
  if (proxy) return std::move(*proxy);
  map.diagnostics().error(*node, proxy.error().public_message + "; `none` goes without a proxy");
  return std::nullopt;
}

}  // namespace penstock::config
