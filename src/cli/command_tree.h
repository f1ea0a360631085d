#pragma once

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the name is not ours
class App;
}

namespace penstock::cli {

/// An option or an argument, in words.
struct OptionText {
  std::vector<std::string> names;  // "-c", "--config"; of an argument the one name, "FILE"
  std::string value;               // "FILE", "text|json", "URL"; empty: a flag
  std::vector<std::string> words;  // what the value may be: of "text|json" both; empty: anything
  std::string help;
  std::string fallback;   // the default; empty: there is none
  bool required = false;  // of arguments
  bool repeated = false;  // of arguments: there may be more than one
};

/// A command, in words: what the manual page, the completions and the tests of the documentation
/// are made of, so that the parser is the one place where a command is described.
struct Command {
  std::string name;
  std::string summary;
  std::string notes;                  // what else there is to know; may be empty
  std::vector<std::string> examples;  // command lines
  std::vector<OptionText> options;
  std::vector<OptionText> arguments;
  std::vector<Command> commands;  // its own; one of them has to follow
};

/// Reads the parser. The footer of a command is its notes; the indented lines in it are examples.
Command describe(const CLI::App& app);

/// The commands of the program and those below them, each behind the one that it belongs to and
/// with its whole name: "schema", "schema validate".
std::vector<Command> all_commands(const Command& program);

}  // namespace penstock::cli
