#include "cli/completion.h"

#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options.h"

namespace penstock::cli {

std::string single_quoted(const std::string& text) {
  // Closes, adds an escaped quote and opens again, which all three shells read alike.
  return "'" + CLI::detail::find_and_replace(text, "'", "'\\''") + "'";
}

void add_completion(CLI::App& app, int& exit_code) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "print a completion script for a shell");
  add_choice(*command, "SHELL", *shell, {"bash", "zsh", "fish"}, "bash, zsh or fish")->required();
  command->footer(
      "Examples:\n"
      "  source <(penstock completion bash)\n"
      "  penstock completion fish > ~/.config/fish/completions/penstock.fish");
  command->callback([shell, &app, &exit_code] {
    const Command program = describe(app);
    const std::string script = *shell == "bash"  ? bash_completion(program)
                               : *shell == "zsh" ? zsh_completion(program)
                                                 : fish_completion(program);
    std::fputs(script.c_str(), stdout);
    exit_code = kGood;
  });
}

}  // namespace penstock::cli
