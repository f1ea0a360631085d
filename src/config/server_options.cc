#include "config/bounded.h"
#include "config/sections.h"

namespace penstock::config {

namespace {

constexpr Range kBodyBytes{1ull << 10, 4ull << 30};
constexpr Range kHeadBytes{1ull << 10, 1ull << 20};

http::HostPort read_listen(MapReader& map, http::HostPort fallback) {
  const Node* node = map.find("listen");
  const std::string text = map.text("listen");
  if (node == nullptr || node->kind != Node::Kind::kScalar) return fallback;
  auto address = http::parse_host_port(text);
  if (address) return std::move(*address);
  map.diagnostics().error(*node, address.error().public_message +
                                     "; expected an address and a port, such as 127.0.0.1:4000");
  return fallback;
}

ServerOptions::Limits read_limits(const Node& node, Diagnostics& diagnostics) {
  ServerOptions::Limits limits;
  MapReader map(node, diagnostics);
  limits.max_body = bounded_bytes(map, "max_body", limits.max_body, kBodyBytes);
  limits.max_head = bounded_bytes(map, "max_head", limits.max_head, kHeadBytes);
  limits.max_connections =
      bounded_count(map, "max_connections", limits.max_connections, {0, 10'000'000});
  return limits;
}

ServerOptions::Timeouts read_timeouts(const Node& node, Diagnostics& diagnostics) {
  ServerOptions::Timeouts times;
  MapReader map(node, diagnostics);
  times.head = bounded_duration(map, "head", times.head, Zero::kRefused);
  times.body_idle = bounded_duration(map, "body_idle", times.body_idle, Zero::kRefused);
  times.keep_alive = bounded_duration(map, "keep_alive", times.keep_alive, Zero::kAllowed);
  times.drain = bounded_duration(map, "drain", times.drain, Zero::kAllowed);
  times.write_idle = bounded_duration(map, "write_idle", times.write_idle, Zero::kRefused);
  times.lame_duck = bounded_duration(map, "lame_duck", times.lame_duck, Zero::kAllowed);
  return times;
}

/// The spelling that a browser puts into Origin: lower case, no default port. Schemes of desktop
/// applications (tauri://localhost) are taken as they stand.
std::optional<std::string> canonical_origin(const std::string& text) {
  if (text == "*") return text;
  const std::size_t colon = text.find("://");
  if (colon == std::string::npos || text.ends_with('/')) return std::nullopt;
  const std::string scheme = text.substr(0, colon);
  if (scheme != "http" && scheme != "https") {
    const bool odd = text.find_first_of(" /?#@,\"", colon + 3) != std::string::npos;
    const bool empty = colon == 0 || text.size() == colon + 3;
    return odd || empty || !is_token(scheme) || !is_field_value(text) ? std::nullopt
                                                                      : std::optional(text);
  }
  const auto url = http::parse_url(text);
  if (!url || !url->path.empty()) return std::nullopt;
  return scheme + "://" + url->authority();
}

std::optional<std::vector<std::string>> read_cors_origins(const Node& node,
                                                          Diagnostics& diagnostics) {
  MapReader map(node, diagnostics);
  const Node* list = map.find("origins");
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> origins;
  for (const std::string& text : map.texts("origins")) {
    if (auto origin = canonical_origin(text)) {
      origins.push_back(std::move(*origin));
    } else {
      diagnostics.error(*list, "expected origins such as https://chat.example.com, or \"*\"");
    }
  }
  return origins;
}

/// systemd names the folders of StateDirectory= in a variable, with colons between them.
std::string read_state_dir(MapReader& map, const Sources& sources) {
  const Node* node = map.find("state_dir");
  if (node == nullptr) {
    const std::string folders = sources.environment("STATE_DIRECTORY").value_or("");
    return folders.substr(0, folders.find(':'));
  }
  const std::string folder = map.text("state_dir");
  if (folder.empty() || folder == "none") return {};
  return resolve_path(*node, folder);
}

}  // namespace

ServerOptions read_server(const Node& node, const Sources& sources, Diagnostics& diagnostics) {
  ServerOptions server;
  MapReader map(node, diagnostics);
  server.listen = read_listen(map, server.listen);
  server.threads =
      static_cast<std::uint32_t>(bounded_count(map, "threads", server.threads, {0, 1024}));
  server.limits = read_limits(child(map, "limits"), diagnostics);
  server.timeouts = read_timeouts(child(map, "timeouts"), diagnostics);
  if (const Node* tls = map.find("tls")) server.tls = read_server_tls(*tls, sources, diagnostics);
  server.cors_origins = read_cors_origins(child(map, "cors"), diagnostics);
  server.state_dir = read_state_dir(map, sources);
  return server;
}

ControlOptions read_control(const Node& node, Diagnostics& diagnostics) {
  ControlOptions control;
  MapReader map(node, diagnostics);
  control.listen = read_listen(map, control.listen);
  control.listen_is_default = map.find("listen") == nullptr;
  control.admin_key = map.secret("admin_key");
  control.watch_files = map.boolean("watch_files", control.watch_files);
  return control;
}

}  // namespace penstock::config
