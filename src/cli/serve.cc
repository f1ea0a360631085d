#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "gateway/run.h"

namespace penstock::cli {

int serve(const std::string& file) {
  switch (gateway::run(file)) {
    case gateway::End::kClean:
      return kGood;
    case gateway::End::kInvalidConfig:
      return kInvalid;
    case gateway::End::kCut:
    case gateway::End::kFailed:
      break;
  }
  return kFailed;
}

void add_serve(CLI::App& app, int& exit_code) {
  const auto file = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("serve", "serve until SIGTERM or SIGINT (the default)");
  add_file(*command, "-c,--config", *file, "the configuration file; none: the built-in one");
  command->footer("Examples:\n  penstock serve --config penstock.yaml");
  command->callback([file, &exit_code] { exit_code = serve(*file); });
}

}  // namespace penstock::cli
