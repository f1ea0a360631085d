#include <cstdio>
#include <memory>
#include <string>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/diagnostics_view.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "config/diagnostics.h"
#include "config/files.h"
#include "config/yaml.h"
#include "gateway/load.h"

namespace penstock::cli {

namespace {

/// What diagnostics call the file; with a name of this kind, relative paths in it start from the
/// working directory.
std::string shown_name(const std::string& file) {
  return file == "-" ? "stdin" : file;
}

struct Options {
  std::string file;
  std::string format = "text";
  std::string color = "auto";
};

/// Reads the file once: it may be a pipe.
Result<std::string> read(const std::string& file) {
  return file == "-" ? read_stdin(config::kMaxFileBytes)
                     : config::read_file(file, config::kMaxFileBytes);
}

config::Diagnostics find_problems(const std::string& name, const Result<std::string>& text,
                                  gateway::Process& process) {
  if (text) return gateway::check_text(*text, name, process);
  config::Diagnostics diagnostics;
  diagnostics.error({{name, 0, 0}, "", "cannot read the file: " + text.error().public_message});
  return diagnostics;
}

void print(const config::Diagnostics& diagnostics, const Options& options, std::string_view text) {
  if (options.format == "json") {
    std::puts(config::to_json(diagnostics).c_str());
  } else if (options.format == "sarif") {
    std::puts(config::to_sarif(diagnostics, text).c_str());
  } else {
    const Color color = parse_color(options.color);
    DiagnosticsView view{.color = wants_color(color, STDERR_FILENO)};
    const std::string name = shown_name(options.file);
    view.file = name;
    // Excerpts for eyes only: a log that is kept should not hold lines with secrets in them.
    if (is_terminal(STDERR_FILENO)) view.text = text;
    std::fputs(render(diagnostics, view).c_str(), stderr);
    if (diagnostics.ok()) std::fprintf(stderr, "%s: good\n", options.file.c_str());
  }
}

int check(const Options& options) {
  gateway::Process process;
  auto log = Log::open({.file = "stderr"}, system_clock());
  if (!log) return fail(kFailed, log.error().detail);
  process.log = std::move(*log);

  const auto text = read(options.file);
  const config::Diagnostics diagnostics = find_problems(shown_name(options.file), text, process);
  print(diagnostics, options, text ? std::string_view(*text) : std::string_view());
  return diagnostics.ok() ? kGood : kInvalid;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("check", "say what is wrong with a configuration");
  add_file(*command, "FILE", options->file, "the configuration; - is stdin")->required();
  add_format(*command, options->format, {"sarif"});
  add_color(*command, options->color);
  command->footer(
      "Nothing is started, and nothing outside is touched. Text goes to stderr, one line a "
      "problem, "
      "and on a terminal each problem is followed by its line; json and sarif go to stdout. Exits "
      "with 3 when something is wrong.\n\n"
      "Examples:\n"
      "  penstock check penstock.yaml\n"
      "  penstock check --format sarif penstock.yaml > penstock.sarif");
  command->callback([options, &exit_code] { exit_code = check(*options); });
}

}  // namespace penstock::cli
