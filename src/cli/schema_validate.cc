#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/line_reader.h"
#include "cli/options.h"
#include "cli/schema_documents.h"
#include "cli/terminal.h"
#include "config/files.h"
#include "schema/report.h"

namespace penstock::cli {

namespace {

constexpr std::size_t kMaxSchemaBytes = 4 << 20;
constexpr std::size_t kMaxInstanceBytes = 32 << 20;

struct Options {
  std::string schema;
  std::string draft = "2020-12";
  std::string refs;
  std::string refs_base = "http://localhost:1234/";
  bool formats = false;
  bool jsonl = false;
  std::vector<std::string> instances;
};

Error named(const std::string& file, const std::string& what) {
  Error error;
  error.public_message = file + ": " + what;
  return error;
}

Result<schema::Schema> load_schema(const Options& options) {
  const auto text = config::read_file(options.schema, kMaxSchemaBytes);
  if (!text) return named(options.schema, text.error().public_message);
  schema::Documents documents;
  if (!options.refs.empty()) documents = TRY(read_documents(options.refs, options.refs_base));
  schema::CompileOptions compile;
  compile.draft = options.draft == "7" ? schema::Draft::k7 : schema::Draft::k2020_12;
  compile.assert_formats = options.formats;
  compile.documents = &documents;
  auto compiled = schema::Schema::compile(*text, compile);
  if (!compiled) return named(options.schema, "not usable: " + compiled.error().detail);
  return compiled;
}

/// Judges instance after instance and remembers the worst that was found.
class Judge {
 public:
  Judge(const schema::Schema& schema, const Options& options)
      : schema_(schema), options_(options) {}

  /// False: nobody takes what is printed, so there is no point in going on.
  bool judge_file(const std::string& file);
  int exit_code() const noexcept { return unreadable_ ? kInvalid : invalid_ ? kFailed : kGood; }

 private:
  void judge_whole(const std::string& name, const Result<std::string>& text);
  bool judge_lines(const std::string& name, const std::string& file);
  void print(const std::string& name, const std::optional<schema::Violation>& violation);
  void report_unreadable(const std::string& name, const std::string& why);

  const schema::Schema& schema_;
  const Options& options_;
  bool invalid_ = false;
  bool unreadable_ = false;
};

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

bool Judge::judge_file(const std::string& file) {
  const bool is_stdin = file == "-";
  if (!options_.jsonl) {
    judge_whole(is_stdin ? "stdin" : file, is_stdin ? read_stdin(kMaxInstanceBytes)
                                                    : config::read_file(file, kMaxInstanceBytes));
    return std::ferror(stdout) == 0;
  }
  if (is_stdin) return judge_lines("stdin", file);
  if (const auto readable = config::check_readable(file); !readable) {
    report_unreadable(file, readable.error().public_message);
    return true;
  }
  return judge_lines(file, file);
}

void Judge::judge_whole(const std::string& name, const Result<std::string>& text) {
  if (text) {
    print(name, schema::judge(schema_, *text));
  } else {
    report_unreadable(name, text.error().public_message);
  }
}

bool Judge::judge_lines(const std::string& name, const std::string& file) {
  auto opened = LineReader::open(file, kMaxInstanceBytes);
  if (!opened) {
    report_unreadable(name, opened.error().public_message);
    return true;
  }
  LineReader& reader = *opened;
  while (std::ferror(stdout) == 0) {
    switch (reader.next()) {
      case LineReader::Next::kLine:
        if (!is_blank(reader.line())) print(name, schema::judge(schema_, reader.line()));
        break;
      case LineReader::Next::kTooLong:
        print(name, schema::no_json("the instance is longer than " +
                                    std::to_string(kMaxInstanceBytes >> 20) + " MiB"));
        break;
      case LineReader::Next::kEnd:
        return true;
      case LineReader::Next::kFailed:
        report_unreadable(name, reader.why());
        return true;
    }
  }
  return false;
}

void Judge::print(const std::string& name, const std::optional<schema::Violation>& violation) {
  if (violation) invalid_ = true;
  if (options_.jsonl) {
    std::puts(schema::to_json(violation).c_str());
    return;
  }
  std::string sentence = name + ": ";
  if (!violation) {
    sentence += "valid";
  } else {
    if (!violation->instance_pointer.empty())
      sentence += "at " + violation->instance_pointer + ": ";
    sentence += violation->message;
    if (!violation->schema_path.empty()) sentence += " (" + violation->schema_path + ")";
  }
  std::fprintf(stderr, "%s\n", printable(sentence).c_str());
}

void Judge::report_unreadable(const std::string& name, const std::string& why) {
  unreadable_ = true;
  say("cannot read " + name + ": " + why);
}

int validate(const Options& options) {
  const auto schema = load_schema(options);
  if (!schema) return fail(kInvalid, schema.error().public_message);
  for (const std::string& warning : schema->warnings()) {
    say("warning: " + options.schema + ": " + warning);
  }
  Judge judge(*schema, options);
  for (const std::string& file : options.instances) {
    if (!judge.judge_file(file)) break;
  }
  return judge.exit_code();
}

}  // namespace

void add_schema_validate(CLI::App& schema, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = schema.add_subcommand("validate", "say whether instances fit a JSON Schema");
  add_file(*command, "--schema", options->schema, "the schema")->required();
  add_choice(*command, "--draft", options->draft, {"2020-12", "7"},
             "the draft, where $schema names none")
      ->capture_default_str();
  add_folder(*command, "--refs", options->refs,
             "a folder: $ref may reach every *.json below it, by its $id or by its path under "
             "--refs-base");
  command
      ->add_option("--refs-base", options->refs_base,
                   "the URI that stands for the folder of --refs")
      ->type_name("URI")
      ->capture_default_str();
  command->add_flag("--formats", options->formats, "hold texts to `format`");
  command->add_flag("--jsonl", options->jsonl,
                    "an instance a line, and for each a line of JSON on stdout");
  add_files(*command, "INSTANCE", options->instances, "a file with an instance; - is stdin");
  command->footer(
      "Without an INSTANCE stdin is read. Words go to stderr. With --jsonl there is a line on "
      "stdout "
      "for each line that is not blank, with the members valid and errors; an error has "
      "instance_pointer, param, schema_path, keyword, expected, found and message. $ref reaches "
      "nothing but the schema, what --refs names and the meta-schemas, and never the network. "
      "Exits "
      "with 1 when an instance is not valid, with 3 when the schema or a file is not usable.\n\n"
      "Examples:\n"
      "  penstock schema validate --schema team.json request.json\n"
      "  penstock schema validate --schema team.json --jsonl < requests.jsonl");
  command->callback([options, &exit_code] {
    if (options->instances.empty()) options->instances.push_back("-");
    exit_code = validate(*options);
  });
}

}  // namespace penstock::cli
