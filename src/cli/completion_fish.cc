#include "cli/completion.h"

namespace penstock::cli {

namespace {

constexpr const char* kNoCommand = "__fish_use_subcommand";

std::string value(const OptionText& option) {
  if (option.value.empty()) return "";
  if (option.value == "FILE") return " -r -F";
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

}  // namespace

std::string fish_completion(const Command& program) {
  std::string text =
      "# fish completion for penstock, made by `penstock completion fish`\n\n"
      "complete -c penstock -f\n";
  for (const OptionText& option : program.options) text += option_line(kNoCommand, option);
  for (const Command& command : program.commands) {
    text += line(kNoCommand, " -a " + command.name, command.summary);
  }
  for (const Command& command : program.commands) {
    const std::string condition = "__fish_seen_subcommand_from " + command.name;
    for (const OptionText& option : command.options) text += option_line(condition, option);
    for (const OptionText& argument : command.arguments) text += argument_line(condition, argument);
  }
  return text;
}

}  // namespace penstock::cli
