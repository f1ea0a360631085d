#include <cstdio>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/man_page.h"

namespace penstock::cli {

void add_man(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("man", "print the manual page");
  command->footer("Examples:\n  penstock man > penstock.1\n  man ./penstock.1");
  command->callback([&app, &exit_code] {
    std::fputs(man_page(describe(app)).c_str(), stdout);
    exit_code = kGood;
  });
}

}  // namespace penstock::cli
