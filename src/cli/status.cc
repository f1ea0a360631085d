#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/json_text.h"
#include "cli/limits_text.h"
#include "cli/options.h"
#include "cli/status_text.h"
#include "cli/terminal.h"

namespace penstock::cli {

namespace {

using namespace std::chrono_literals;

struct Options {
  ControlOptions control;
  std::string format = "text";
};

/// Asks for a report and prints it.
int show(const Options& options, const char* path, std::string (*to_text)(const nlohmann::json&)) {
  int exit_code = kGood;
  const auto peer = find_control_plane(options.control, exit_code);
  if (!peer) return exit_code;
  const auto answer = ask_control_plane(*peer, Method::kGet, path, {.connect = 5s, .idle = 10s});
  if (!answer) return kFailed;
  const nlohmann::json report = parse_json(answer->body);
  if (answer->status != 200 || !report.is_object()) {
    return fail(kFailed, "the control plane answered " + std::to_string(answer->status) + ": " +
                             message_of(answer->body));
  }
  std::fputs(options.format == "json" ? (answer->body + "\n").c_str() : to_text(report).c_str(),
             stdout);
  return kGood;
}

}  // namespace

void add_status(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("status", "show what a running gateway is doing");
  add_control_options(*command, options->control);
  add_format(*command, options->format);
  command->footer(
      "The admin key is taken from PENSTOCK_ADMIN_KEY, or from the configuration.\n\n"
      "Examples:\n"
      "  penstock status\n"
      "  penstock status --url http://10.0.0.7:4001 --format json");
  command->callback(
      [options, &exit_code] { exit_code = show(*options, "/v1/status", status_text); });
}

void add_limits(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("limits", "show what is used and left of each limit");
  add_control_options(*command, options->control);
  add_format(*command, options->format);
  command->footer(
      "The admin key is taken from PENSTOCK_ADMIN_KEY, or from the configuration.\n\n"
      "Examples:\n"
      "  penstock limits\n"
      "  penstock limits --format json");
  command->callback(
      [options, &exit_code] { exit_code = show(*options, "/v1/limits", limits_text); });
}

}  // namespace penstock::cli
