#pragma once

#include <string>

namespace CLI {
class App;
}

namespace penstock::cli {

/// Gives `app` every command and option there is. When a command line was parsed, the command that
/// it names has run and left in `exit_code` what it ended with; without a command nothing ran, and
/// `file` is the value of --config. Both outlive `app`.
void add_commands(CLI::App& app, std::string& file, int& exit_code);

// Each adds its subcommand to `app`; `exit_code` receives what it ends with.
void add_serve(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_chat(CLI::App& app, int& exit_code);
void add_tokens(CLI::App& app, int& exit_code);
void add_health(CLI::App& app, int& exit_code);
void add_status(CLI::App& app, int& exit_code);
void add_limits(CLI::App& app, int& exit_code);
void add_reload(CLI::App& app, int& exit_code);
void add_schema(CLI::App& app, int& exit_code);
void add_version(CLI::App& app, int& exit_code);
void add_completion(CLI::App& app, int& exit_code);
void add_man(CLI::App& app, int& exit_code);

// Each adds its subcommand to `schema`.
void add_schema_validate(CLI::App& schema, int& exit_code);

/// Serves with a configuration file, or the built-in configuration when `file` is empty, until a
/// signal ends it.
int serve(const std::string& file);

}  // namespace penstock::cli
