#include "interceptors/token_limit/store_options.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "config/bounded.h"
#include "config/files.h"

namespace penstock::token_limit {
namespace {

using namespace std::chrono_literals;
using config::MapReader;
using config::Node;
using limits::RemoteOptions;

constexpr std::size_t kMaxPrefixBytes = 64;

std::optional<RemoteOptions> read_url(const Node& node, const std::string& url,
                                      config::Diagnostics& diagnostics) {
  auto options = limits::parse_store_url(url);
  if (options) return std::move(*options);
  diagnostics.error(node, options.error().public_message);
  return std::nullopt;
}

void read_password(MapReader& map, RemoteOptions& options) {
  const Node* const node = map.find("password");
  if (node == nullptr) return;
  Secret password = map.secret("password");
  if (node->kind != Node::Kind::kScalar) return;  // reported
  if (password.empty()) {
    map.diagnostics().error(*node,
                            "the password is empty; set the variable or file it comes from, or "
                            "remove the setting");
  } else if (!options.password.empty()) {
    map.diagnostics().error(*node, "the URL holds a password already; remove one of the two");
  }
  options.password = std::move(password);
}

void read_ca_file(MapReader& map, RemoteOptions& options, std::vector<std::string>& files) {
  const Node* const node = map.find("ca_file");
  const std::string name = map.text("ca_file");
  if (node == nullptr || node->kind != Node::Kind::kScalar) return;
  if (!options.tls) {
    map.diagnostics().error(*node, "`ca_file` is for TLS; write valkeys:// in the URL");
  }
  options.ca_file = config::resolve_path(*node, name);
  files.push_back(options.ca_file);
  if (const auto readable = config::check_readable(options.ca_file); !readable) {
    map.diagnostics().error(
        *node, "cannot read `" + options.ca_file + "`: " + readable.error().public_message);
  }
}

void read_prefix(MapReader& map, RemoteOptions& options) {
  const Node* const node = map.find("prefix");
  options.prefix = map.text("prefix", options.prefix);
  if (node == nullptr || node->kind != Node::Kind::kScalar) return;
  const bool plain = std::all_of(options.prefix.begin(), options.prefix.end(), [](char c) {
    return c > ' ' && c < '\x7f' && c != '{' && c != '}';
  });
  if (options.prefix.empty() || options.prefix.size() > kMaxPrefixBytes || !plain) {
    map.diagnostics().error(*node, "expected 1 to " + std::to_string(kMaxPrefixBytes) +
                                       " visible ASCII characters other than { and }");
  }
}

}  // namespace

StoreOptions read_store(MapReader& map) {
  StoreOptions store;
  const Node* const node = map.find("store");
  if (node == nullptr) return store;
  if (node->kind == Node::Kind::kScalar) {
    if (node->scalar != "memory") {
      store.remote = read_url(*node, node->scalar, map.diagnostics());
    }
    return store;
  }
  if (node->kind != Node::Kind::kMap) {
    map.diagnostics().error(*node,
                            "expected `memory`, a URL such as valkey://127.0.0.1:6379/0, or "
                            "`{url: ...}`");
    return store;
  }

  MapReader members(*node, map.diagnostics());
  const Node* const url = members.find("url");
  const std::string text = members.required_text("url");
  RemoteOptions options;
  if (url != nullptr && url->kind == Node::Kind::kScalar) {
    options = read_url(*url, text, map.diagnostics()).value_or(RemoteOptions());
  }
  read_password(members, options);
  read_ca_file(members, options, store.files);
  read_prefix(members, options);
  options.timeout =
      config::bounded_duration(members, "timeout", options.timeout, config::Zero::kRefused, 10s);
  options.hold = config::bounded_duration(members, "hold", options.hold, config::Zero::kRefused);
  if (options.hold < 3s) {
    map.diagnostics().error(*members.find("hold"), "must be at least 3s");
  }
  options.lease = members.boolean("lease", options.lease);
  store.remote = std::move(options);
  return store;
}

}  // namespace penstock::token_limit
