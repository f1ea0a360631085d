#include "cli/cli.h"

#include <csignal>
#include <cstdio>
#include <iostream>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/terminal.h"

namespace penstock::cli {

namespace {

/// Nobody reads stdout any more, as after `| head`.
bool reader_is_gone() {
  pollfd out{STDOUT_FILENO, 0, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & (POLLERR | POLLHUP)) != 0;
}

/// What was printed has to have arrived; where the reader has left there is nobody to tell.
int finish(int exit_code) {
  std::cout.flush();
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0 && std::cout.good();
  if (written || exit_code != kGood) return exit_code;
  if (reader_is_gone()) return kFailed;
  return fail(kFailed, "cannot write to stdout; is the disk full?");
}

int run_commands(int argc, char** argv) {
  CLI::App app;
  std::string file;
  int exit_code = kGood;
  add_commands(app, file, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    app.exit(asked);
    return kGood;
  } catch (const CLI::ParseError& error) {
    return fail(kUsage, usage_error(app, error));
  }
  return app.get_subcommands().empty() ? serve(file) : exit_code;
}

}  // namespace

void add_commands(CLI::App& app, std::string& file, int& exit_code) {
  app.name("penstock");
  app.description("an OpenAI-compatible gateway for language models");
  app.formatter(help_formatter());  // before the commands, which inherit it
  app.set_help_flag("-h,--help", "print this help");
  app.set_version_flag("--version", "penstock " PENSTOCK_VERSION, "print the version");
  app.require_subcommand(0, 1);
  CLI::Option* config = add_file(app, "-c,--config", file, "the configuration to serve with");
  app.footer(
      "Without a command it serves. Exit codes: 0 good, 1 failed, 2 usage, 3 invalid configuration "
      "or input.\n\n"
      "Examples:\n"
      "  penstock -c penstock.yaml\n"
      "  penstock check --help");
  add_serve(app, exit_code);
  add_check(app, exit_code);
  add_chat(app, exit_code);
  add_tokens(app, exit_code);
  add_health(app, exit_code);
  add_status(app, exit_code);
  add_limits(app, exit_code);
  add_reload(app, exit_code);
  add_schema(app, exit_code);
  add_version(app, exit_code);
  add_completion(app, exit_code);
  add_man(app, exit_code);
  for (CLI::App* command : app.get_subcommands({})) {
    command->group("Commands");
    command->excludes(config);  // in front of a command it would be read and forgotten
  }
}

int run(int argc, char** argv) {
  // A closed pipe or connection is an error of the write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  return finish(run_commands(argc, argv));
}

}  // namespace penstock::cli
