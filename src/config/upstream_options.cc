#include <algorithm>
#include <array>

#include "config/bounded.h"
#include "config/diagnostics.h"
#include "config/proxy.h"
#include "config/sections.h"

namespace penstock::config {

namespace {

constexpr std::string_view kDefaultBaseUrl = "https://api.openai.com/v1";
constexpr std::size_t kMaxUpstreams = 256;
constexpr Range kResponseBytes{1ull << 10, 4ull << 30};
constexpr std::array kOpenaiKeys{"base_url", "api_key", "api_key_file", "timeouts",
                                 "tls",      "proxy",   "limits"};
constexpr std::array kDemoKeys{"pace"};

http::Url read_base_url(MapReader& map) {
  const std::string text = map.text("base_url", kDefaultBaseUrl);
  auto url = http::parse_url(text);
  if (url) return std::move(*url);
  const Node* node = map.find("base_url");
  if (node != nullptr && node->kind == Node::Kind::kScalar) {
    map.diagnostics().error(*node, url.error().public_message + "; expected a URL such as " +
                                       std::string(kDefaultBaseUrl));
  }
  return {};
}

/// A key travels in a header field, so it is visible ASCII.
void check_key(const Node& node, const std::string& key, Diagnostics& diagnostics) {
  if (key.empty()) {
    diagnostics.error(node, "the key is empty; set it, or remove the setting to send none");
  } else if (!std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; })) {
    diagnostics.error(node, "the key holds a space, a line end or a character that is not ASCII");
  }
}

std::string read_key_file(const Node& node, const std::string& name, FileList& files,
                          Diagnostics& diagnostics) {
  const std::string path = resolve_path(node, name);
  files.add(path);
  auto key = read_secret_file(path);
  if (key) return std::move(*key);
  diagnostics.error(node, "cannot read `" + path + "`: " + key.error().public_message);
  return {};
}

void read_key(MapReader& map, FileList& files, UpstreamOptions& upstream) {
  const Node* direct = map.find("api_key");
  const Node* in_file = map.find("api_key_file");
  const std::string text = map.text("api_key");
  const std::string file = map.text("api_key_file");
  Diagnostics& diagnostics = map.diagnostics();
  if (direct != nullptr && in_file != nullptr) {
    diagnostics.error(*in_file, "`api_key` and `api_key_file` exclude each other; keep one");
    return;
  }
  upstream.passthrough = text == "passthrough";
  if (upstream.passthrough) return;
  if (direct != nullptr && direct->kind == Node::Kind::kScalar) {
    check_key(*direct, text, diagnostics);
    upstream.api_key = Secret(text);
  } else if (in_file != nullptr && in_file->kind == Node::Kind::kScalar) {
    const std::size_t problems = diagnostics.list().size();
    const std::string key = read_key_file(*in_file, file, files, diagnostics);
    if (diagnostics.list().size() == problems) check_key(*in_file, key, diagnostics);
    upstream.api_key = Secret(key);
  }
}

UpstreamOptions::Timeouts read_timeouts(const Node& node, Diagnostics& diagnostics) {
  UpstreamOptions::Timeouts times;
  MapReader map(node, diagnostics);
  times.connect = bounded_duration(map, "connect", times.connect, Zero::kRefused);
  times.first_byte = bounded_duration(map, "first_byte", times.first_byte, Zero::kRefused);
  times.idle = bounded_duration(map, "idle", times.idle, Zero::kRefused);
  times.total = bounded_duration(map, "total", times.total, Zero::kAllowed);
  return times;
}

void read_limits(const Node& node, UpstreamOptions& upstream, Diagnostics& diagnostics) {
  MapReader map(node, diagnostics);
  upstream.max_response = bounded_bytes(map, "max_response", upstream.max_response, kResponseBytes);
  upstream.max_idle_connections = static_cast<std::uint32_t>(
      bounded_count(map, "max_idle_connections", upstream.max_idle_connections, {0, 65536}));
}

/// Reports settings that mean nothing for this kind of upstream.
template <class Keys>
void refuse(MapReader& map, const Keys& keys, const std::string& right_kind) {
  for (const char* key : keys) {
    const Node* node = map.find(key);
    if (node == nullptr) continue;
    map.diagnostics().error(
        *node, "`" + std::string(key) + "` is a setting of `kind: " + right_kind + "` only");
  }
}

UpstreamOptions read_upstream(const Node& key, const Node& value, const Sources& sources,
                              Diagnostics& diagnostics) {
  UpstreamOptions upstream;
  upstream.name = key.scalar;
  MapReader map(value, diagnostics);
  upstream.kind = map.choice("kind", {"openai", "demo"}, 0) == 0 ? UpstreamOptions::Kind::kOpenai
                                                                 : UpstreamOptions::Kind::kDemo;
  if (upstream.kind == UpstreamOptions::Kind::kDemo) {
    upstream.demo_pace =
        bounded_duration(map, "pace", upstream.demo_pace, Zero::kAllowed, std::chrono::minutes(1));
    refuse(map, kOpenaiKeys, "openai");
    return upstream;
  }
  upstream.base_url = read_base_url(map);
  read_key(map, sources.files, upstream);
  upstream.timeouts = read_timeouts(child(map, "timeouts"), diagnostics);
  upstream.tls = read_upstream_tls(child(map, "tls"), sources, diagnostics);
  upstream.proxy = read_proxy(map, upstream.base_url, sources.environment);
  read_limits(child(map, "limits"), upstream, diagnostics);
  refuse(map, kDemoKeys, "demo");
  return upstream;
}

}  // namespace

Upstreams read_upstreams(const Node& node, const Sources& sources, Diagnostics& diagnostics) {
  Upstreams upstreams;
  if (node.kind != Node::Kind::kMap && node.kind != Node::Kind::kNull) {
    diagnostics.error(node, "expected a map from a name to its settings, `openai: {...}`");
    return upstreams;
  }
  if (node.members.empty()) {
    diagnostics.error(node,
                      "no upstream is configured; write for example `upstreams: {openai: "
                      "{api_key: \"${OPENAI_API_KEY}\"}}`");
  }
  if (node.members.size() > kMaxUpstreams) {
    diagnostics.error(node, "more than " + std::to_string(kMaxUpstreams) + " upstreams");
    return upstreams;
  }
  for (const auto& [key, value] : node.members) {
    upstreams.emplace(key.scalar, read_upstream(key, value, sources, diagnostics));
  }
  return upstreams;
}

}  // namespace penstock::config
