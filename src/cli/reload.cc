#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/control_client.h"
#include "cli/diagnostics_view.h"
#include "cli/json_text.h"
#include "cli/options.h"
#include "cli/terminal.h"

namespace penstock::cli {

namespace {

using namespace std::chrono_literals;

struct Options {
  ControlOptions control;
  std::string format = "text";
  std::string color = "auto";
};

/// Lines and columns of an answer that is not to be trusted with them.
int count_at(const nlohmann::json& json, const char* name) {
  return static_cast<int>(std::clamp(number_at(json, {name}), 0.0, 1e9));
}

config::Diagnostics diagnostics_of(const nlohmann::json& report) {
  config::Diagnostics diagnostics;
  for (const nlohmann::json& error : list_at(report, {"errors"})) {
    diagnostics.error(
        {{text_at(error, {"file"}), count_at(error, "line"), count_at(error, "column")},
         text_at(error, {"path"}),
         text_at(error, {"message"})});
  }
  return diagnostics;
}

int show(const Answer& answer, const Options& options) {
  const nlohmann::json report = parse_json(answer.body);
  const nlohmann::json* valid = find(report, {"valid"});
  if (valid == nullptr || !valid->is_boolean()) {
    return fail(kFailed, "the control plane answered " + std::to_string(answer.status) + ": " +
                             message_of(answer.body));
  }
  const bool good = valid->get<bool>();
  if (options.format == "json") {
    std::puts(answer.body.c_str());
  } else if (good) {
    say("the configuration was loaded anew");
  } else {
    const bool color = wants_color(parse_color(options.color), STDERR_FILENO);
    std::fputs(render(diagnostics_of(report), {.color = color}).c_str(), stderr);
    say("the configuration is as it was; correct these and try again");
  }
  return good ? kGood : kInvalid;
}

int reload(const Options& options) {
  int exit_code = kGood;
  const auto peer = find_control_plane(options.control, exit_code);
  if (!peer) return exit_code;
  const auto answer =
      ask_control_plane(*peer, Method::kPost, "/v1/config/reload", {.connect = 5s, .idle = 30s});
  return answer ? show(*answer, options) : kFailed;
}

}  // namespace

void add_reload(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("reload", "have the configuration loaded anew");
  add_control_options(*command, options->control);
  add_format(*command, options->format);
  add_color(*command, options->color);
  command->footer(
      "Asks a running gateway to read its files again. When something is wrong with them it goes "
      "on with what it has, the problems are printed as `check` does, and the exit code is 3.\n\n"
      "Examples:\n"
      "  penstock reload\n"
      "  penstock reload --config penstock.yaml");
  command->callback([options, &exit_code] { exit_code = reload(*options); });
}

}  // namespace penstock::cli
