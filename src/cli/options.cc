#include "cli/options.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "config/diagnostics.h"
#include "http/url.h"

namespace penstock::cli {

CLI::Option* add_choice(CLI::App& command, const std::string& names, std::string& target,
                        const std::vector<std::string>& words, const std::string& help) {
  return command.add_option(names, target, help)
      ->type_name(CLI::detail::join(words, "|"))
      ->check(CLI::Validator(
          [words](const std::string& word) {
            if (std::find(words.begin(), words.end(), word) != words.end()) return std::string();
            return "`" + word + "` is unknown here; " + config::suggestion(word, words);
          },
          ""));
}

CLI::Option* add_file(CLI::App& command, const std::string& names, std::string& target,
                      const std::string& help) {
  return command.add_option(names, target, help)->type_name("FILE");
}

CLI::Option* add_files(CLI::App& command, const std::string& names,
                       std::vector<std::string>& target, const std::string& help) {
  return command.add_option(names, target, help)->type_name("FILE");
}

CLI::Option* add_folder(CLI::App& command, const std::string& names, std::string& target,
                        const std::string& help) {
  return command.add_option(names, target, help)->type_name("DIR");
}

CLI::Option* add_url(CLI::App& command, const std::string& names, std::string& target,
                     const std::string& help) {
  return command.add_option(names, target, help)
      ->type_name("URL")
      ->check(CLI::Validator(
          [](const std::string& text) {
            const auto url = http::parse_url(text);
            return url ? std::string() : "`" + text + "`: " + url.error().public_message;
          },
          ""));
}

CLI::Option* add_format(CLI::App& command, std::string& target,
                        const std::vector<std::string>& more) {
  std::vector<std::string> words{"text", "json"};
  words.insert(words.end(), more.begin(), more.end());
  return add_choice(command, "--format", target, words, "how the result is written")
      ->capture_default_str();
}

CLI::Option* add_color(CLI::App& command, std::string& target) {
  return add_choice(command, "--color", target, {"auto", "always", "never"},
                    "colours; auto: on a terminal, unless NO_COLOR is set")
      ->capture_default_str();
}

}  // namespace penstock::cli
