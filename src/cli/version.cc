#include <cstdio>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"

namespace penstock::cli {

void add_version(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("version", "print the version");
  command->callback([&exit_code] {
    std::puts("penstock " PENSTOCK_VERSION);
    exit_code = kGood;
  });
}

}  // namespace penstock::cli
