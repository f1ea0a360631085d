#pragma once

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the name is not ours
class App;
class Option;
}  // namespace CLI

namespace penstock::cli {

// Options that several commands have. What a value is called says what it is, for the help, the
// manual page and the shells' completion alike: FILE is the name of a file, DIR that of a folder,
// `a|b` one of two words. `target` outlives the parsing; what it holds before is the default.

/// An option or argument that is one of the words; anything else is a usage error that names them.
CLI::Option* add_choice(CLI::App& command, const std::string& names, std::string& target,
                        const std::vector<std::string>& words, const std::string& help);
/// The name of a file.
CLI::Option* add_file(CLI::App& command, const std::string& names, std::string& target,
                      const std::string& help);
/// The names of files, as many as there are.
CLI::Option* add_files(CLI::App& command, const std::string& names,
                       std::vector<std::string>& target, const std::string& help);
/// The name of a folder.
CLI::Option* add_folder(CLI::App& command, const std::string& names, std::string& target,
                        const std::string& help);
/// An http or https URL; anything else is a usage error.
CLI::Option* add_url(CLI::App& command, const std::string& names, std::string& target,
                     const std::string& help);
/// --format: text or json, and the further words.
CLI::Option* add_format(CLI::App& command, std::string& target,
                        const std::vector<std::string>& more = {});
/// --color: auto, always or never.
CLI::Option* add_color(CLI::App& command, std::string& target);

}  // namespace penstock::cli
