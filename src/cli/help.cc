#include "cli/help.h"

#include <sstream>
#include <vector>

#include <CLI/CLI.hpp>

#include "config/diagnostics.h"

namespace penstock::cli {

namespace {

constexpr std::size_t kColumns = 80;

/// Breaks the lines that are longer than a terminal is wide; an indented line is an example and
/// stays.
std::string wrapped(const std::string& text) {
  std::string result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    while (line.size() > kColumns && !line.starts_with(' ')) {
      const std::size_t space = line.rfind(' ', kColumns);
      if (space == std::string::npos) break;
      result += line.substr(0, space) + "\n";
      line.erase(0, space + 1);
    }
    result += line + "\n";
  }
  return result;
}

class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option_name(const CLI::Option* option, bool positional) const override {
    std::string names = CLI::Formatter::make_option_name(option, positional);
    return CLI::detail::find_and_replace(names, ",", ", ");
  }
  std::string make_option_opts(const CLI::Option* option) const override {
    const bool has_value = !option->get_positional() && option->get_type_size() != 0;
    return has_value ? " " + option->get_type_name() : "";
  }
  std::string make_option_desc(const CLI::Option* option) const override {
    const std::string fallback = option->get_default_str();
    return option->get_description() + (fallback.empty() ? "" : " (default: " + fallback + ")");
  }
  std::string make_footer(const CLI::App* app) const override { return wrapped(app->get_footer()); }
};

/// The command that the arguments got to.
const CLI::App& innermost(const CLI::App& app) {
  const CLI::App* here = &app;
  while (!here->get_subcommands().empty()) here = here->get_subcommands().front();
  return *here;
}

std::string full_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : full_name(*parent) + " " + command.get_name();
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

/// `word` was given to `command`, which has no use for it.
std::string unexpected(const CLI::App& command, const std::string& word) {
  if (word.starts_with("-")) {
    const std::string name = word.substr(0, word.find('='));
    const auto likely = config::nearest(name, option_names(command));
    return "unknown option `" + name + "`; " +
           (likely ? "did you mean `" + *likely + "`?" : "see `" + full_name(command) + " --help`");
  }
  const std::vector<std::string> commands = command_names(command);
  if (!commands.empty()) {
    return "unknown command `" + word + "`; " + config::suggestion(word, commands);
  }
  return "`" + word + "` is one argument too many; see `" + full_name(command) + " --help`";
}

}  // namespace

std::shared_ptr<CLI::FormatterBase> help_formatter() {
  auto formatter = std::make_shared<HelpFormatter>();
  formatter->label("Positionals", "Arguments");
  formatter->label("SUBCOMMAND", "COMMAND");
  formatter->column_width(32);
  return formatter;
}

std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = innermost(app);
  std::string what = error.what();
  const std::string see = "; see `" + full_name(command) + " --help`";
  switch (static_cast<CLI::ExitCodes>(error.get_exit_code())) {
    case CLI::ExitCodes::ExtrasError:
      // An option that nobody knows may stand in front of the command.
      if (const auto rest = app.remaining(); !rest.empty()) return unexpected(app, rest.front());
      return unexpected(command, command.remaining().front());
    case CLI::ExitCodes::ExcludesError:
      return "`--config` stands in front of `" + command.get_name() + "`; put it behind";
    case CLI::ExitCodes::RequiredError:
      if (const auto rest = command.remaining(); !rest.empty()) {
        return unexpected(command, rest.front());
      }
      if (const auto commands = command_names(command); !commands.empty()) {
        return "`" + full_name(command) +
               "` needs a command behind it; known: " + config::quoted_list(commands);
      }
      return what + see;
    case CLI::ExitCodes::ArgumentMismatch:
      return "`" + what.substr(0, what.find(':')) + "` needs a value" + see;
    case CLI::ExitCodes::ValidationError:
      return what;  // our own words
    default:
      return what + see;
  }
}

}  // namespace penstock::cli
