#include "cli/completion.h"

namespace penstock::cli {

namespace {

constexpr const char* kNoCommand = "__fish_use_subcommand";
constexpr const char* kSeen = "__fish_seen_subcommand_from ";

std::string value(const OptionText& option) {
  if (option.value.empty()) return "";
  if (option.value == "FILE") return " -r -F";
  if (option.value == "DIR") return " -x -a '(__fish_complete_directories)'";
  std::string words;
  for (const std::string& word : option.words) words += (words.empty() ? "" : " ") + word;
  return words.empty() ? " -x" : " -x -a " + single_quoted(words);
}

std::string line(const std::string& condition, const std::string& rest, const std::string& help) {
  return "complete -c penstock -n " + single_quoted(condition) + rest + " -d " +
         single_quoted(help) + "\n";
}

std::string option_line(const std::string& condition, const OptionText& option) {
  std::string names;
  for (const std::string& name : option.names) {
    names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  return line(condition, names + value(option), option.help);
}

std::string argument_line(const std::string& condition, const OptionText& argument) {
  if (argument.value == "FILE") return line(condition, " -F", argument.help);
  if (argument.words.empty()) return "";
  return line(condition, value(argument), argument.help);
}

/// `seen`: what the name of the command completes to the condition that it was typed.
std::string command_lines(const Command& command, const std::string& seen) {
  const std::string condition = seen + command.name;
  std::string text;
  for (const OptionText& option : command.options) text += option_line(condition, option);
  for (const OptionText& argument : command.arguments) text += argument_line(condition, argument);
  if (command.commands.empty()) return text;

  std::string none = condition + "; and not " + kSeen;
  for (const Command& child : command.commands) none += child.name + " ";
  none.pop_back();
  for (const Command& child : command.commands) {
    text += line(none, " -a " + child.name, child.summary);
    text += command_lines(child, condition + "; and " + kSeen);
  }
  return text;
}

}  // namespace

std::string fish_completion(const Command& program) {
  std::string text =
      "# fish completion for penstock, made by `penstock completion fish`\n\n"
      "complete -c penstock -f\n";
  for (const OptionText& option : program.options) text += option_line(kNoCommand, option);
  for (const Command& command : program.commands) {
    text += line(kNoCommand, " -a " + command.name, command.summary);
  }
  for (const Command& command : program.commands) text += command_lines(command, kSeen);
  return text;
}

}  // namespace penstock::cli
