#include "cli/cli.h"

#include <CLI/CLI.hpp>

#include "cli/commands.h"

namespace penstock::cli {

int run(int argc, char** argv) {
  CLI::App app("An OpenAI-compatible gateway. Without a command it serves.", "penstock");
  app.set_version_flag("--version", "penstock " PENSTOCK_VERSION);
  app.require_subcommand(0, 1);
  std::string file;
  app.add_option("-c,--config", file, "the configuration file");
  int exit_code = kGood;
  add_serve(app, exit_code);
  add_check(app, exit_code);
  add_chat(app, exit_code);
  add_version(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kGood : kUsage;
  }
  if (app.get_subcommands().empty()) return serve(file);
  return exit_code;
}

}  // namespace penstock::cli
