#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/line_reader.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "config/diagnostics.h"
#include "config/files.h"
#include "json/document.h"
#include "json/padding.h"
#include "tokens/chat.h"

namespace penstock::cli {

namespace {

using tokens::Model;

constexpr std::size_t kMaxTextBytes = 256 << 20;
constexpr std::size_t kMaxLineBytes = 64 << 20;

struct Options {
  std::string encoding;
  std::string model;
  std::string file = "-";
  bool ids = false;
  bool chat = false;
  bool jsonl = false;
};

/// The rule for a model, or that of gpt-4o with another encoding.
Model choose_model(const Options& options, std::string_view fallback) {
  const tokens::Models& models = tokens::Models::builtin();
  Model model = models.find(options.model.empty() ? fallback : options.model);
  if (!options.encoding.empty()) model.encoding = tokens::Encoding::find(options.encoding);
  return model;
}

bool is_estimate(const Model& model) {
  return model.factor != 1000;
}

std::string ids_text(const std::vector<tokens::TokenId>& ids, char separator) {
  std::string text;
  for (const tokens::TokenId id : ids) {
    if (!text.empty()) text += separator;
    text += std::to_string(id);
  }
  return text;
}

/// What is printed, or why nothing is.
using Answer = Result<std::string>;

Answer answer_text(std::string_view text, const Model& model, const Options& options) {
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return config::failure("the text is not UTF-8");
  }
  if (!options.jsonl && !options.ids) {
    return std::to_string(tokens::scaled(model.encoding->count(text), model.factor));
  }
  const auto ids = model.encoding->encode(text);
  if (!options.jsonl) return ids_text(ids, ' ');
  const std::string count = std::to_string(tokens::scaled(ids.size(), model.factor));
  if (is_estimate(model)) return R"({"count":)" + count + "}";
  return R"({"count":)" + count + R"(,"ids":[)" + ids_text(ids, ',') + "]}";
}

std::string_view model_of(const json::Document& request) {
  std::string_view name;
  const auto found = request.root()["model"].get_string().get(name);
  return found == simdjson::SUCCESS ? name : std::string_view();
}

Answer answer_chat(std::string text, const Options& options) {
  json::reserve_padding(text);
  const json::Document request = TRY(json::Document::parse(text));
  if (!request.root().is_object()) return config::failure("a chat request is a JSON object");
  const std::string_view fallback = options.encoding.empty() ? model_of(request) : "gpt-4o";
  const tokens::ChatCount count = count_chat(request, choose_model(options, fallback));
  if (!options.jsonl) {
    if (!count.exact) say("an estimate; set aside " + std::to_string(count.most));
    return std::to_string(count.tokens);
  }
  return R"({"count":)" + std::to_string(count.tokens) + R"(,"most":)" +
         std::to_string(count.most) + R"(,"exact":)" + (count.exact ? "true}" : "false}");
}

Answer answer_line(std::string_view line, const Model& model, const Options& options) {
  std::string text(line);
  if (options.chat) return answer_chat(std::move(text), options);
  json::reserve_padding(text);
  const json::Document document = TRY(json::Document::parse(text));
  std::string_view content;
  if (document.root()["text"].get_string().get(content) != simdjson::SUCCESS) {
    return config::failure("expected an object with a text, such as {\"text\": \"hello\"}");
  }
  return answer_text(content, model, options);
}

std::string shown_name(const Options& options) {
  return options.file == "-" ? "stdin" : options.file;
}

int count_lines(const Model& model, const Options& options) {
  auto lines = LineReader::open(options.file, kMaxLineBytes);
  if (!lines) return fail(kInvalid, shown_name(options) + ": " + lines.error().public_message);
  for (std::size_t number = 1;; ++number) {
    const LineReader::Next next = lines->next();
    const std::string place = shown_name(options) + ":" + std::to_string(number) + ": ";
    if (next == LineReader::Next::kEnd) return kGood;
    if (next == LineReader::Next::kFailed) return fail(kInvalid, place + lines->why());
    if (next == LineReader::Next::kTooLong) {
      return fail(kInvalid,
                  place + "a line is longer than " + std::to_string(kMaxLineBytes >> 20) + " MiB");
    }
    const Answer answer = answer_line(lines->line(), model, options);
    if (!answer) return fail(kInvalid, place + answer.error().public_message);
    std::puts(answer->c_str());
    if (std::ferror(stdout) != 0) return kGood;  // run() tells of it, unless the reader has left
    if (!lines->has_line()) std::fflush(stdout);
  }
}

int count_whole(const Model& model, const Options& options) {
  auto text = options.file == "-" ? read_stdin(kMaxTextBytes)
                                  : config::read_file(options.file, kMaxTextBytes);
  if (!text) return fail(kInvalid, shown_name(options) + ": " + text.error().public_message);
  const Answer answer =
      options.chat ? answer_chat(std::move(*text), options) : answer_text(*text, model, options);
  if (!answer) return fail(kInvalid, shown_name(options) + ": " + answer.error().public_message);
  std::puts(answer->c_str());
  return kGood;
}

int count(const Options& options) {
  const Model model = choose_model(options, "gpt-4o");
  if (!options.chat && is_estimate(model)) {
    if (options.ids) {
      return fail(kUsage, "`" + options.model +
                              "` has no public tokenizer, so its tokens have no ids; leave --ids "
                              "away, or choose an --encoding");
    }
    say("an estimate, since `" + options.model + "` has no public tokenizer");
  }
  return options.jsonl ? count_lines(model, options) : count_whole(model, options);
}

}  // namespace

void add_tokens(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("tokens", "count the tokens of a text or a chat request");
  CLI::Option* encoding = add_choice(*command, "--encoding", options->encoding,
                                     tokens::Encoding::names(), "count by this encoding");
  command->add_option("-m,--model", options->model, "count as this model does")
      ->type_name("NAME")
      ->excludes(encoding);
  CLI::Option* ids = command->add_flag("--ids", options->ids, "print the tokens themselves");
  command->add_flag("--chat", options->chat, "the input is a chat request, not a text")
      ->excludes(ids);
  command->add_flag("--jsonl", options->jsonl,
                    "each line is an object with a text, or with --chat a request");
  add_file(*command, "FILE", options->file, "the input; - is stdin, which is the default");
  command->footer(
      "Without --encoding and --model a text counts by o200k_base, and a chat request as its own "
      "model does. All text is ordinary: what looks like a special token is none. With --jsonl "
      "each line is answered by {\"count\": N, \"ids\": [...]}.\n\n"
      "Examples:\n"
      "  penstock tokens README.md\n"
      "  echo hello | penstock tokens --encoding cl100k_base --ids\n"
      "  penstock tokens --chat request.json\n"
      "  penstock tokens --model gpt-4o --jsonl < texts.jsonl");
  command->callback([options, &exit_code] { exit_code = count(*options); });
}

}  // namespace penstock::cli
