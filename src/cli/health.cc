#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/json_text.h"
#include "cli/terminal.h"

namespace penstock::cli {

namespace {

using namespace std::chrono_literals;

struct Options {
  ControlOptions control;
  bool quiet = false;
};

/// The reasons that the answer of /readyz gives: {"status":"not_ready","reasons":["draining"]}, or
/// lines of text.
std::string reasons_of(const std::string& body) {
  const nlohmann::json answer = parse_json(body);
  std::string reasons;
  for (const nlohmann::json& reason : list_at(answer, {"reasons"})) {
    if (!reason.is_string()) continue;
    reasons += (reasons.empty() ? "" : ", ") + reason.get<std::string>();
  }
  return reasons.empty() ? message_of(body) : reasons;
}

/// What is wrong; empty: it is ready.
std::string problem(const Peer& peer) {
  const auto answer = call(peer, Method::kGet, "/readyz", {.connect = 2s, .idle = 2s});
  if (!answer) return answer.error().public_message;
  if (answer->status == 200) return {};
  return "not ready: " + reasons_of(answer->body);
}

int health(const Options& options) {
  int exit_code = kGood;
  const auto peer = find_control_plane(options.control, exit_code);
  if (!peer) return exit_code;
  const std::string wrong = problem(*peer);
  if (!options.quiet) say(wrong.empty() ? "ready" : wrong);
  return wrong.empty() ? kGood : kFailed;
}

}  // namespace

void add_health(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("health", "tell by the exit code whether it is ready");
  add_control_options(*command, options->control);
  command->add_flag("-q,--quiet", options->quiet, "say nothing");
  command->footer(
      "For the health checks of containers and services: asks /readyz of the control plane and "
      "gives up when nothing comes for 2 seconds. Exits with 0 when it is ready, with 1 when it is "
      "not; the reasons are on stderr.\n\n"
      "Examples:\n"
      "  penstock health\n"
      "  penstock health --quiet --config penstock.yaml");
  command->callback([options, &exit_code] { exit_code = health(*options); });
}

}  // namespace penstock::cli
