#pragma once

#include <string>

namespace CLI {
class App;
}

namespace penstock::cli {

// Each adds its subcommand to `app`; `exit_code` receives what it ends with.
void add_serve(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_chat(CLI::App& app, int& exit_code);
void add_version(CLI::App& app, int& exit_code);

/// Serves with a configuration file, or the built-in configuration when `file` is empty, until a
/// signal ends it.
int serve(const std::string& file);

}  // namespace penstock::cli
