// A configuration, the options of its chain included. Every diagnostic has a place inside of the
// text, and what is found good holds together. Reads no file (no_files.cc).

#include "config/config.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "chain/chain.h"
#include "config/diagnostics.h"
#include "fuzz/input.h"
#include "fuzz/require.h"
#include "http/url.h"
#include "limits/memory_store.h"
#include "log/log.h"
#include "metrics/metrics.h"

namespace {

using namespace penstock;
using namespace penstock::fuzz;

constexpr std::string_view kFile = "fuzz.yaml";

std::optional<std::string> environment(const std::string& name) {
  if (name == "KEY") return "sk-0123456789abcdef0123456789abcdef";
  if (name == "PORT") return "4100";
  if (name == "EMPTY") return "";
  return std::nullopt;
}

Log& log() {
  static const auto opened = *Log::open({.file = "/dev/null"}, system_clock());
  return *opened;
}

struct Loaded {
  config::Config config;
  config::Diagnostics diagnostics;
};

Loaded load(std::string_view text) {
  Loaded loaded;
  loaded.config = config::load(text, kFile, environment, loaded.diagnostics);
  // The chain by default is always the same, and its schemas take long to compile.
  if (text.find("chain") == std::string_view::npos) return loaded;
  limits::MemoryStore meters(system_clock());
  Metrics metrics;
  const Services services{system_clock(), log(), meters, metrics, true};
  Chain::build(loaded.config.chain, interceptor_kinds(), loaded.diagnostics, services);
  return loaded;
}

void check_place(const config::Diagnostic& diagnostic, std::string_view text) {
  require(!diagnostic.message.empty(), "a diagnostic says what is wrong");
  require_equal(diagnostic.where.file, kFile, "a diagnostic names the file");
  const auto line = config::line_of(text, diagnostic.where.line);
  require(diagnostic.where.line > 0 && line.has_value(), "a diagnostic names a line of the text");
  require(diagnostic.where.column > 0, "a diagnostic names a column");
  require(static_cast<std::size_t>(diagnostic.where.column) <= line->size() + 1,
          "a diagnostic names a column of its line or the line's end");
}

void check_reports(const config::Diagnostics& diagnostics, std::string_view text) {
  const auto report = nlohmann::json::parse(config::to_json(diagnostics), nullptr, false);
  require(report.is_object() && report["errors"].size() == diagnostics.list().size(),
          "the report in JSON has every diagnostic");
  const auto sarif = nlohmann::json::parse(config::to_sarif(diagnostics, text), nullptr, false);
  require(sarif.is_object(), "the report in SARIF is JSON");
}

bool has_auth(const config::Node& chain) {
  return std::any_of(chain.items.begin(), chain.items.end(), [](const config::Node& item) {
    return item.scalar == "auth" ||
           (!item.members.empty() && item.members.front().first.scalar == "auth");
  });
}

void check_good(const config::Config& config) {
  require(!config.upstreams.empty(), "a good configuration has an upstream");
  for (const auto& [name, target] : config.models) {
    require(config.upstreams.contains(target.upstream), "each model has an upstream");
    require(config::find_target(config, name).upstream == target.upstream, "a model is found");
  }
  require(config.auth_none || http::is_loopback_host(config.server.listen.host) ||
              has_auth(config.chain),
          "who opens the port to others has written `auth`");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ExactCopy text(Input(data, size).rest());
  const Loaded loaded = load(text.text());
  for (const auto& diagnostic : loaded.diagnostics.list()) check_place(diagnostic, text.text());
  check_reports(loaded.diagnostics, text.text());
  if (loaded.diagnostics.ok()) check_good(loaded.config);
  return 0;
}
