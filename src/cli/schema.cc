#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "schema/builtin.h"

namespace penstock::cli {

namespace {

void add_show(CLI::App& schema, int& exit_code) {
  const auto name = std::make_shared<std::string>();
  CLI::App* command = schema.add_subcommand("show", "print a schema that comes with the program");
  add_choice(*command, "NAME", *name, {schema::kBuiltinNames.begin(), schema::kBuiltinNames.end()},
             "the route it is for")
      ->required();
  command->footer("Examples:\n  penstock schema show chat_completions > chat.schema.json");
  command->callback([name, &exit_code] {
    const std::string_view text = schema::builtin(*name);
    std::fwrite(text.data(), 1, text.size(), stdout);
    exit_code = kGood;
  });
}

}  // namespace

void add_schema(CLI::App& app, int& exit_code) {
  CLI::App* schema = app.add_subcommand("schema", "try JSON Schemas");
  schema->require_subcommand(1);
  add_schema_validate(*schema, exit_code);
  add_show(*schema, exit_code);
  for (CLI::App* command : schema->get_subcommands({})) command->group("Commands");
  schema->footer("Examples:\n  penstock schema validate --help");
}

}  // namespace penstock::cli
