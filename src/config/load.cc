#include <cstdlib>
#include <set>

#include "config/bounded.h"
#include "config/config.h"
#include "config/diagnostics.h"
#include "config/files.h"
#include "config/interpolate.h"
#include "config/sections.h"
#include "config/yaml.h"

namespace penstock::config {

namespace {

/// The section, or a null node at the top of the file, so that what is said about its absence has a
/// place.
Node section(MapReader& map, const char* key) {
  if (const Node* node = map.find(key)) return *node;
  Node absent;
  absent.where = map.node().where;
  absent.path = key;
  return absent;
}

/// Where the address of a section is written, else the section.
const Node& listen_of(const Node& section) {
  for (const auto& [key, value] : section.members) {
    if (key.scalar == "listen") return value;
  }
  return section;
}

void check_exposure(const Config& config, bool has_auth, const Node& server, const Node& control,
                    Diagnostics& diagnostics) {
  const http::HostPort& open = config.server.listen;
  if (!http::is_loopback_host(open.host) && !has_auth && !config.auth_none) {
    diagnostics.error(listen_of(server),
                      "other machines can connect here, and the chain has no `auth`; add `- auth: "
                      "{keys: [...]}` to it, or `- auth: none` if everybody may spend your keys");
  }
  const http::HostPort& admin = config.control.listen;
  if (!http::is_loopback_host(admin.host) && config.control.admin_key.empty()) {
    diagnostics.error(listen_of(control),
                      "other machines can connect here; set `control.admin_key`, or listen on "
                      "127.0.0.1");
  }
  if (open.port != 0 && open.host == admin.host && open.port == admin.port) {
    diagnostics.error(listen_of(control), "`server.listen` is the same address");
  }
}

/// `client_certificate: true` of `auth` admits nobody where no certificate is ever verified.
void check_client_certificate(const Config& config, Diagnostics& diagnostics) {
  if (config.server.tls && !config.server.tls->ca_file.empty()) return;
  for (const Node& item : config.chain.items) {
    if (item.members.empty() || item.members.front().first.scalar != "auth") continue;
    for (const auto& [key, value] : item.members.front().second.members) {
      if (key.scalar != "client_certificate" || value.scalar != "true") continue;
      diagnostics.error(value,
                        "no client certificate is ever asked for; set `server.tls.client_ca_file` "
                        "to the authority that issues them");
    }
  }
}

Config read_root(const Node& root, const Sources& sources, Diagnostics& diagnostics) {
  Config config;
  MapReader map(root, diagnostics);
  if (!diagnostics.ok()) return config;  // no map at all
  const Node server = section(map, "server");
  const Node control = section(map, "control");
  config.server = read_server(server, sources, diagnostics);
  config.control = read_control(control, diagnostics);
  config.upstreams = read_upstreams(section(map, "upstreams"), sources, diagnostics);
  config.models = read_models(section(map, "models"), config.upstreams, diagnostics);
  config.model_data = read_model_data(section(map, "model_data"), sources, diagnostics);
  ChainList chain = read_chain(section(map, "chain"),
                               http::is_loopback_host(config.server.listen.host), diagnostics);
  config.chain = std::move(chain.list);
  config.auth_none = chain.auth_none;
  check_exposure(config, chain.has_auth, server, control, diagnostics);
  check_client_certificate(config, diagnostics);
  return config;
}

/// Adds what is new: a second complaint about the same place only follows from the first.
void add_news(const Diagnostics& checks, Diagnostics& found) {
  std::set<std::pair<int, int>> places;
  for (const Diagnostic& one : found.list()) places.emplace(one.where.line, one.where.column);
  for (const Diagnostic& one : checks.list()) {
    if (!places.contains({one.where.line, one.where.column})) found.error(one);
  }
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

Config load(std::string_view yaml, std::string_view file_name, Environment environment,
            Diagnostics& diagnostics) {
  Diagnostics found;
  Config config;
  FileList files;
  const Sources sources{environment, files};
  if (auto root = parse_yaml(yaml, file_name, found)) {
    interpolate(*root, sources, found);
    Diagnostics checks;
    config = read_root(*root, sources, checks);
    add_news(checks, found);
  }
  config.origin = file_name;
  config.files = files.take();
  for (Diagnostic& one : sorted(found)) diagnostics.error(std::move(one));
  return config;
}

Config load_file(const std::string& path, Environment environment, Diagnostics& diagnostics) {
  Config config;
  auto text = read_file(path, kMaxFileBytes);
  if (text) {
    config = load(*text, path, environment, diagnostics);
  } else {
    diagnostics.error({{path, 0, 0}, "", "cannot read the file: " + text.error().public_message});
  }
  config.files.insert(config.files.begin(), path);
  return config;
}

}  // namespace penstock::config
