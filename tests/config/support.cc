#include "config/support.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <unistd.h>

#include <gtest/gtest.h>

namespace penstock::config::testing {

namespace {

nlohmann::json describe(const TlsOptions& tls) {
  return {
      {"ca_file", tls.ca_file},
      {"certificate_file", tls.certificate_file},
      {"key_file", tls.key_file},
      {"min_version", tls.min_version == TlsOptions::Version::k1_2 ? "1.2" : "1.3"},
      {"client_certificate", tls.client_certificate == TlsOptions::ClientCertificate::kRequired}};
}

nlohmann::json describe(const ServerOptions& server) {
  return {{"host", server.listen.host},
          {"port", server.listen.port},
          {"threads", server.threads},
          {"max_body", server.limits.max_body},
          {"max_head", server.limits.max_head},
          {"max_connections", server.limits.max_connections},
          {"head", server.timeouts.head.count()},
          {"body_idle", server.timeouts.body_idle.count()},
          {"keep_alive", server.timeouts.keep_alive.count()},
          {"drain", server.timeouts.drain.count()},
          {"write_idle", server.timeouts.write_idle.count()},
          {"lame_duck", server.timeouts.lame_duck.count()},
          {"tls", server.tls ? describe(*server.tls) : nullptr},
          {"state_dir", server.state_dir},
          {"cors", server.cors_origins ? nlohmann::json(*server.cors_origins) : nullptr}};
}

nlohmann::json describe(const UpstreamOptions& upstream) {
  return {{"name", upstream.name},
          {"demo", upstream.kind == UpstreamOptions::Kind::kDemo},
          {"tls", upstream.base_url.tls},
          {"authority", upstream.base_url.authority()},
          {"path", upstream.base_url.path},
          {"api_key", upstream.api_key.reveal()},
          {"passthrough", upstream.passthrough},
          {"connect", upstream.timeouts.connect.count()},
          {"first_byte", upstream.timeouts.first_byte.count()},
          {"idle", upstream.timeouts.idle.count()},
          {"total", upstream.timeouts.total.count()},
          {"upstream_tls", describe(upstream.tls)},
          {"proxy", upstream.proxy ? upstream.proxy->address.host : ""},
          {"max_response", upstream.max_response},
          {"max_idle_connections", upstream.max_idle_connections},
          {"pace", upstream.demo_pace.count()}};
}

}  // namespace

nlohmann::json describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return nullptr;
    case Node::Kind::kScalar:
      return node.scalar;
    case Node::Kind::kList: {
      auto list = nlohmann::json::array();
      for (const Node& item : node.items) list.push_back(describe(item));
      return list;
    }
    case Node::Kind::kMap: {
      auto map = nlohmann::json::object();
      for (const auto& [key, value] : node.members) map[key.scalar] = describe(value);
      return map;
    }
  }
  return nullptr;
}

std::optional<std::string> environment(const std::string& name) {
  static const std::map<std::string, std::string> variables{{"OPENAI_API_KEY", "sk-openai"},
                                                            {"CI_KEY", "ck-1"},
                                                            {"PORT", "4100"},
                                                            {"EMPTY", ""},
                                                            {"YAML", "[a, b]"},
                                                            {"DOLLARS", "${PORT}$$"},
                                                            {"SECRET", "s3cr3t"},
                                                            {"BIG", std::string(512 << 10, 'x')}};
  const auto found = variables.find(name);
  if (found == variables.end()) return std::nullopt;
  return found->second;
}

Loaded try_load(std::string_view yaml) {
  Diagnostics diagnostics;
  Loaded loaded;
  loaded.config = load(yaml, "p.yaml", environment, diagnostics);
  loaded.errors = to_text(diagnostics);
  return loaded;
}

Loaded try_load_with_demo(std::string yaml) {
  return try_load(yaml + "\nupstreams: {demo: {kind: demo}}\n");
}

nlohmann::json describe(const Config& config) {
  nlohmann::json all{{"server", describe(config.server)},
                     {"control",
                      {{"host", config.control.listen.host},
                       {"port", config.control.listen.port},
                       {"admin_key", config.control.admin_key.reveal()},
                       {"watch_files", config.control.watch_files}}},
                     {"auth_none", config.auth_none},
                     {"model_data", {config.model_data.tokens, config.model_data.prices}},
                     {"chain", describe(config.chain)}};
  for (const auto& [name, upstream] : config.upstreams) all["upstreams"][name] = describe(upstream);
  for (const auto& [name, target] : config.models) {
    all["models"][name] = {{"upstream", target.upstream}, {"model", target.model}};
  }
  return all;
}

std::string read_source_file(const std::string& path) {
  const std::ifstream file(std::string(PENSTOCK_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TemporaryFile::TemporaryFile(std::string_view content)
    : path_(::testing::TempDir() + "penstock_config_XXXXXX") {
  const int handle = ::mkstemp(path_.data());
  EXPECT_GE(handle, 0);
  EXPECT_EQ(::write(handle, content.data(), content.size()), static_cast<ssize_t>(content.size()));
  ::close(handle);
}

TemporaryFile::~TemporaryFile() {
  std::remove(path_.c_str());
}

}  // namespace penstock::config::testing
