#include "gateway/operations.h"

#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

#include "gateway/limits_report.h"
#include "gateway/process_metrics.h"
#include "server/server_metrics.h"
#include "upstream/pool_metrics.h"

namespace penstock::gateway {

namespace {

using nlohmann::json;

json shown(const config::Diagnostics& diagnostics) {
  return json::parse(config::to_json(diagnostics));
}

json configuration_status(const LiveConfiguration::State& state) {
  json status{{"origin", state.snapshot->config.origin},
              {"hash", state.hash},
              {"loaded_at", format_time(state.loaded_at)},
              {"last_reload", nullptr}};
  if (state.last_reload) {
    const json report = shown(state.last_reload->diagnostics);
    status["last_reload"] = {{"success", report.at("valid")},
                             {"at", format_time(state.last_reload->at)},
                             {"errors", report.at("errors")}};
  }
  return status;
}

json upstreams_status(const config::Config& config, const Metrics& metrics) {
  json list = json::array();
  for (const auto& [name, options] : config.upstreams) {
    const bool demo = options.kind == config::UpstreamOptions::Kind::kDemo;
    const http::Url& url = options.base_url;
    const json address = (url.tls ? "https://" : "http://") + url.authority() + url.path;
    const auto connections = [&](std::string_view state) {
      return metrics.total(upstream::kUpstreamConnections, {name, state});
    };
    list.push_back(
        {{"name", name},
         {"kind", demo ? "demo" : "openai"},
         {"url", demo ? json() : address},
         {"connections", {{"active", connections("active")}, {"idle", connections("idle")}}}});
  }
  return list;
}

}  // namespace

Operations::Operations(const server::Server& server, LiveConfiguration& configuration,
                       Process& process)
    : server_(server),
      configuration_(configuration),
      process_(process),
      started_at_(system_clock().wall_now()),
      started_(system_clock().now()) {}

std::vector<std::string> Operations::not_ready() const {
  if (server_.draining()) return {"draining"};
  return {};
}

std::string Operations::metrics() const {
  std::string text = process_.metrics.to_text();
  append_gateway_metrics(text, server_, configuration_.state());
  append_process_metrics(text, started_at_);
  return text;
}

json Operations::status() const {
  const LiveConfiguration::State state = configuration_.state();
  const config::Config& config = state.snapshot->config;
  const auto uptime =
      std::chrono::duration_cast<std::chrono::milliseconds>(system_clock().now() - started_);
  return {{"version", PENSTOCK_VERSION},
          {"state", server_.draining() ? "draining" : "ready"},
          {"started_at", format_time(started_at_)},
          {"uptime_seconds", static_cast<double>(uptime.count()) / 1000},
          {"configuration", configuration_status(state)},
          {"event_loops", server_.loops()},
          {"connections", server_.connections()},
          {"exchanges", process_.metrics.total(server::kExchangesActive)},
          {"streams", process_.metrics.total(server::kStreamsActive)},
          {"upstreams", upstreams_status(config, process_.metrics)}};
}

json Operations::limits() const {
  const LiveConfiguration::State state = configuration_.state();
  return {{"limits", limits_report(state.snapshot->chain.limits())}};
}

config::Diagnostics Operations::check(std::string_view yaml) const {
  return check_text(yaml, "request", process_);
}

config::Diagnostics Operations::reload() {
  return configuration_.reload();
}

}  // namespace penstock::gateway
