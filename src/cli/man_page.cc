#include "cli/man_page.h"

#include <string_view>

namespace penstock::cli {

namespace {

/// Text of a line: nothing in it is a request or an escape. A hyphen stays one that can be typed.
std::string escaped(std::string_view text) {
  std::string result;
  bool at_line_start = true;
  for (const char c : text) {
    if (at_line_start && (c == '.' || c == '\'')) result += "\\&";
    at_line_start = c == '\n';
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else if (c == '\'') {
      result += "\\(aq";
    } else {
      result += c;
    }
  }
  return result;
}

std::string bold(std::string_view text) {
  return "\\fB" + escaped(text) + "\\fR";
}

std::string italic(std::string_view text) {
  return "\\fI" + escaped(text) + "\\fR";
}

std::string value_of(const OptionText& option) {
  if (option.words.empty()) return italic(option.value);
  std::string text;
  for (const std::string& word : option.words) text += (text.empty() ? "" : "|") + bold(word);
  return text;
}

std::string entry(const std::string& tag, const std::string& text) {
  return ".TP\n" + tag + "\n" + text + "\n";
}

std::string option_entry(const OptionText& option) {
  std::string tag;
  for (const std::string& name : option.names) tag += (tag.empty() ? "" : ", ") + bold(name);
  if (!option.value.empty()) tag += " " + value_of(option);
  std::string text = escaped(option.help);
  if (!option.fallback.empty()) text += " (default: " + escaped(option.fallback) + ")";
  return entry(tag, text);
}

std::string argument_entry(const OptionText& argument) {
  return entry(italic(argument.names.front()), escaped(argument.help));
}

std::string synopsis(const Command& command) {
  std::string text = bold("penstock " + command.name);
  if (!command.options.empty()) text += " [" + italic("OPTION") + "]...";
  for (const OptionText& argument : command.arguments) {
    const std::string name = italic(argument.names.front()) + (argument.repeated ? "..." : "");
    text += argument.required ? " " + name : " [" + name + "]";
  }
  if (!command.commands.empty()) text += " " + italic("COMMAND");
  return text;
}

std::string command_section(const Command& command) {
  std::string text = ".SS " + synopsis(command) + "\n" + escaped(command.summary) + ".\n";
  if (!command.notes.empty()) text += ".PP\n" + escaped(command.notes) + "\n";
  for (const OptionText& argument : command.arguments) text += argument_entry(argument);
  for (const OptionText& option : command.options) text += option_entry(option);
  return text;
}

std::string examples(const Command& command) {
  std::string text;
  for (const std::string& example : command.examples) text += ".PP\n" + escaped(example) + "\n";
  for (const Command& child : command.commands) text += examples(child);
  return text;
}

std::string exit_status() {
  return entry(bold("0"), "good") + entry(bold("1"), "failed") +
         entry(bold("2"), "the command line is wrong") +
         entry(bold("3"), "a configuration or an input is invalid");
}

std::string environment() {
  return entry(bold("OPENAI_API_KEY"),
               "key of OpenAI, which serves every model when there is no configuration") +
         entry(bold("OPENAI_BASE_URL"), "where OpenAI is then") +
         entry(bold("PENSTOCK_LISTEN"),
               "where the gateway listens when there is no configuration") +
         entry(bold("PENSTOCK_KEY"), "key that " + bold("chat") +
                                         " presents to the gateway, and that " +
                                         "the gateway wants when there is no configuration") +
         entry(bold("PENSTOCK_ADMIN_KEY"),
               "key for the control plane, when " + bold("control.admin_key") + " is set") +
         entry(bold("PENSTOCK_CONTROL_URL"), "where the control plane is") +
         entry(bold("NO_COLOR"), "no colours, when it is set to anything");
}

std::string files() {
  return "The configuration is read from the file that " + bold("--config") +
         " names and from nowhere else. Relative paths in it start from its folder.\n";
}

std::string section(const char* name, const std::string& text) {
  return ".SH " + std::string(name) + "\n" + text;
}

}  // namespace

std::string man_page(const Command& program) {
  std::string options;
  for (const OptionText& option : program.options) options += option_entry(option);
  std::string commands;
  for (const Command& command : all_commands(program)) commands += command_section(command);

  return ".\\\" Made by `penstock man` from the parser of the command line.\n"
         ".TH PENSTOCK 1 \"\" \"penstock " PENSTOCK_VERSION "\" \"User Commands\"\n" +
         section("NAME", "penstock \\- " + escaped(program.summary) + "\n") +
         section("SYNOPSIS", bold("penstock") + " [" + italic("OPTION") + "]... [" +
                                 italic("COMMAND") + "]\n") +
         section("DESCRIPTION",
                 "Applications point their OpenAI SDK at it; it passes each request through a "
                 "chain of interceptors, forwards it to a provider, and relays the answer, whole "
                 "or as a stream.\n.PP\n" +
                     escaped(program.notes) + "\n") +
         section("OPTIONS", options) + section("COMMANDS", commands) +
         section("EXIT STATUS", exit_status()) + section("ENVIRONMENT", environment()) +
         section("FILES", files()) + section("EXAMPLES", ".nf\n" + examples(program) + ".fi\n");
}

}  // namespace penstock::cli
