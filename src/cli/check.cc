#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "gateway/load.h"

namespace penstock::cli {

namespace {

int check(const std::string& file, const std::string& format) {
  gateway::Process process;
  auto log = Log::open({.file = "stderr"}, system_clock());
  if (!log) return kFailed;
  process.log = std::move(*log);
  config::Diagnostics diagnostics;
  gateway::load_snapshot(file, process.services(true), diagnostics);
  if (format == "json") {
    std::puts(config::to_json(diagnostics).c_str());
  } else {
    std::fputs(config::to_text(diagnostics).c_str(), stderr);
    if (diagnostics.ok()) std::fprintf(stderr, "%s: good\n", file.c_str());
  }
  return diagnostics.ok() ? kGood : kInvalid;
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
  struct Options {
    std::string file;
    std::string format = "text";
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("check", "say what is wrong with a configuration file");
  command->add_option("file", options->file, "the configuration file")->required();
  command->add_option("--format", options->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([options, &exit_code] { exit_code = check(options->file, options->format); });
}

}  // namespace penstock::cli
