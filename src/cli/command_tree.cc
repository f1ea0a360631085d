#include "cli/command_tree.h"

#include <sstream>

#include <CLI/CLI.hpp>

namespace penstock::cli {

namespace {

std::vector<std::string> words_of(const std::string& value) {
  if (value.find('|') == std::string::npos) return {};
  return CLI::detail::split(value, '|');
}

OptionText describe(const CLI::Option& option) {
  OptionText text;
  if (option.get_positional()) {
    text.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) text.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) text.names.push_back("--" + name);
  }
  if (option.get_type_size() != 0) text.value = option.get_type_name();
  text.words = words_of(text.value);
  text.help = option.get_description();
  text.fallback = option.get_default_str();
  text.required = option.get_required();
  text.repeated = option.get_expected_max() > 1;
  return text;
}

void read_footer(const std::string& footer, Command& command) {
  constexpr std::string_view kIndent = "  ";
  std::istringstream lines(footer);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kIndent)) {
      command.examples.push_back(line.substr(kIndent.size()));
    } else if (!line.empty() && line != "Examples:") {
      command.notes += (command.notes.empty() ? "" : "\n") + line;
    }
  }
}

void append_commands(const Command& parent, const std::string& prefix, std::vector<Command>& all) {
  for (const Command& command : parent.commands) {
    all.push_back(command);
    all.back().name = prefix + command.name;
    append_commands(command, all.back().name + " ", all);
  }
}

}  // namespace

Command describe(const CLI::App& app) {
  Command command;
  command.name = app.get_name();
  command.summary = app.get_description();
  read_footer(app.get_footer(), command);
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? command.arguments : command.options).push_back(describe(*option));
  }
  for (const CLI::App* child : app.get_subcommands({})) {
    command.commands.push_back(describe(*child));
  }
  return command;
}

std::vector<Command> all_commands(const Command& program) {
  std::vector<Command> all;
  append_commands(program, "", all);
  return all;
}

}  // namespace penstock::cli
