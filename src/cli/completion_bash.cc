#include "base/text.h"
#include "cli/completion.h"

namespace penstock::cli {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// What offers the values of an option or argument.
std::string action(const OptionText& option) {
  if (!option.words.empty()) return "_penstock_words " + single_quoted(joined(option.words));
  if (option.value == "DIR") return "_penstock_files -d";
  return option.value == "FILE" ? "_penstock_files -f" : ":";
}

/// Branches of `case "$command $before"`, one for each option that has a value. The command of the
/// program itself is empty.
std::string value_branches(const std::string& command, const std::vector<OptionText>& options) {
  std::string text;
  for (const OptionText& option : options) {
    if (option.value.empty()) continue;
    std::string patterns;
    for (const std::string& name : option.names) {
      if (!patterns.empty()) patterns += " | ";
      patterns += single_quoted(concat({command, " ", name}));
    }
    text += "    " + patterns + ") " + action(option) + "; return ;;\n";
  }
  return text;
}

std::string option_names(const Command& command) {
  std::string text;
  for (const OptionText& option : command.options) {
    text += (text.empty() ? "" : " ") + joined(option.names);
  }
  return text;
}

std::string command_names(const Command& program) {
  std::string text;
  for (const Command& command : program.commands) {
    text += (text.empty() ? "" : " ") + command.name;
  }
  return text;
}

/// One branch of `case $command`: options after a dash, else arguments.
std::string argument_branch(const Command& command) {
  std::string other = command.arguments.empty() ? ":" : action(command.arguments.front());
  if (!command.commands.empty()) other = "_penstock_words \"" + command_names(command) + "\"";
  return "    " + single_quoted(command.name) +
         ") options=" + single_quoted(option_names(command)) + " other=" + single_quoted(other) +
         " ;;\n";
}

/// The commands that need another one behind them, as a pattern.
std::string groups(const std::vector<Command>& commands) {
  std::string text;
  for (const Command& command : commands) {
    if (command.commands.empty()) continue;
    text += (text.empty() ? "" : " | ") + single_quoted(command.name);
  }
  return text;
}

/// The options of the program that take a value, which is not the name of the command then.
std::string valued_options(const Command& program) {
  std::string text;
  for (const OptionText& option : program.options) {
    if (option.value.empty()) continue;
    for (const std::string& name : option.names) text += (text.empty() ? "" : " | ") + name;
  }
  return text;
}

constexpr const char* kHelpers =
    R"(# bash completion for penstock, made by `penstock completion bash`

_penstock_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current"); }
_penstock_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$current")
}

_penstock() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  local command= options= other=: i
  COMPREPLY=()
  # readline cuts --format=json into three words.
  if [[ $current == = ]]; then
    current=
  elif [[ $before == = && COMP_CWORD -ge 2 ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
)";

}  // namespace

std::string bash_completion(const Command& program) {
  const std::vector<Command> all = all_commands(program);
  std::string text = kHelpers;
  text += "  for ((i = 1; i < COMP_CWORD; i++)); do\n    case ${COMP_WORDS[i]} in\n";
  text += "      " + valued_options(program) + ") ((i++)) ;;\n";
  text += "      -*) ;;\n      *) command=${command:+$command }${COMP_WORDS[i]}\n";
  text += "        case $command in " + groups(all) + ") ;; *) break ;; esac ;;\n";
  text += "    esac\n  done\n";
  text += "  case \"$command $before\" in\n" + value_branches("", program.options);
  for (const Command& command : all) text += value_branches(command.name, command.options);
  text += "  esac\n  case $command in\n";
  text += "    '') options=" + single_quoted(option_names(program)) +
          " other=" + single_quoted("_penstock_words \"" + command_names(program) + "\"") + " ;;\n";
  for (const Command& command : all) text += argument_branch(command);
  text += "  esac\n";
  text +=
      "  if [[ $current == -* ]]; then _penstock_words \"$options\"; else eval \"$other\"; fi\n";
  text += "}\ncomplete -F _penstock penstock\n";
  return text;
}

}  // namespace penstock::cli
