#include "cli/completion.h"

namespace penstock::cli {

namespace {

/// Text inside of a specification of _arguments, where brackets and colons have a meaning.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::string action(const OptionText& option) {
  if (!option.words.empty()) return "(" + joined(option.words, " ") + ")";
  if (option.value == "DIR") return "_files -/";
  return option.value == "FILE" ? "_files" : " ";
}

/// "(-c --config)"{-c,--config}"[help]:FILE:_files", each name being offered once.
std::string specification(const OptionText& option) {
  const std::string value =
      option.value.empty() ? "" : ":" + escaped(option.value) + ":" + action(option);
  const std::string rest = "[" + escaped(option.help) + "]" + value;
  if (option.names.size() == 1) return single_quoted(option.names.front() + rest);
  return single_quoted("(" + joined(option.names, " ") + ")") + "{" + joined(option.names, ",") +
         "}" + single_quoted(rest);
}

std::string specifications(const Command& command, const std::string& indent) {
  std::string text;
  for (const OptionText& option : command.options) {
    text += " \\\n" + indent + specification(option);
  }
  for (const OptionText& argument : command.arguments) {
    const std::string how_often = argument.repeated ? "*:" : argument.required ? ":" : "::";
    text += " \\\n" + indent +
            single_quoted(how_often + escaped(argument.names.front()) + ":" + action(argument));
  }
  return text;
}

/// A function that completes what stands behind `command`, which has commands of its own, and such
/// functions for those of them that have some, too.
std::string functions(const Command& command, const std::string& name) {
  std::string text = name +
                     "() {\n"
                     "  local curcontext=$curcontext state line\n"
                     "  typeset -A opt_args\n"
                     "  local -a commands=(\n";
  for (const Command& child : command.commands) {
    text += "    " + single_quoted(child.name + ":" + escaped(child.summary)) + "\n";
  }
  text += "  )\n  _arguments -C" + specifications(command, "    ") +
          " \\\n    '1: :->command' \\\n    '*:: :->arguments' && return\n"
          "  case $state in\n"
          "    command) _describe command commands ;;\n"
          "    arguments)\n"
          "      case $words[1] in\n";
  std::string further;
  for (const Command& child : command.commands) {
    text += "        " + child.name + ")\n          ";
    if (child.commands.empty()) {
      text += "_arguments" + specifications(child, "            ") + " ;;\n";
    } else {
      text += name + "_" + child.name + " ;;\n";
      further += functions(child, name + "_" + child.name);
    }
  }
  return text + "      esac ;;\n  esac\n}\n\n" + further;
}

}  // namespace

std::string zsh_completion(const Command& program) {
  return "#compdef penstock\n# zsh completion for penstock, made by `penstock completion zsh`\n\n" +
         functions(program, "_penstock") +
         "# Autoloaded it is the function itself; sourced it has to be registered.\n"
         "if [[ $funcstack[1] == _penstock ]]; then _penstock \"$@\"; else compdef _penstock "
         "penstock; "
         "fi\n";
}

}  // namespace penstock::cli
