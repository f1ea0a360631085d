#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/conversation.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/terminal.h"

namespace penstock::cli {

namespace {

constexpr std::size_t kMaxMessageBytes = 32 << 20;  // what the gateway takes by default

struct Options {
  std::string message;
  std::string url = "http://127.0.0.1:4000";
  std::string model = "demo";
  std::string system;
  std::string ca_file;
  bool raw = false;
  bool no_stream = false;
};

int say_once(Conversation& conversation, const std::string& message) {
  const std::string problem = conversation.say(message);
  if (std::ferror(stdout) != 0) return kGood;  // run() tells of it, unless the reader has left
  return problem.empty() ? kGood : fail(kFailed, problem);
}

/// A line is a message. The prompt is no data, so it goes to stderr.
int talk(Conversation& conversation) {
  std::fputs("An empty line is skipped; Ctrl-D ends.\n", stderr);
  int exit_code = kGood;
  std::string line;
  while (std::ferror(stdout) == 0) {
    std::fputs("> ", stderr);
    if (!std::getline(std::cin, line)) break;
    if (!line.empty()) exit_code = say_once(conversation, line);
  }
  std::fputc('\n', stderr);
  return exit_code;
}

int say_stdin(Conversation& conversation) {
  auto message = read_stdin(kMaxMessageBytes);
  if (!message) {
    return fail(kInvalid, "stdin cannot be the message: " + message.error().public_message);
  }
  while (message->ends_with('\n') || message->ends_with('\r')) message->pop_back();
  if (message->empty()) {
    return fail(kInvalid, "there is nothing to say; give a message or pipe one in");
  }
  return say_once(conversation, *message);
}

int chat(const Options& options) {
  auto url = http::parse_url(options.url);
  auto key = key_of_environment("PENSTOCK_KEY");
  if (!url || !key) return fail(kUsage, (url ? key.error() : url.error()).public_message);
  Conversation::Options how{.model = options.model, .system = options.system};
  if (options.no_stream) how.delivery = Conversation::Delivery::kWhole;
  if (options.raw) how.form = ChatAnswer::Form::kRaw;
  Conversation conversation({std::move(*url), std::move(*key), options.ca_file}, std::move(how));
  if (!options.message.empty()) return say_once(conversation, options.message);
  return is_terminal(STDIN_FILENO) ? talk(conversation) : say_stdin(conversation);
}

}  // namespace

void add_chat(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("chat", "send a message and print the answer as it comes");
  command->add_option("MESSAGE", options->message, "what to say; without it, stdin")
      ->type_name("TEXT");
  add_url(*command, "--url", options->url, "where the gateway is")->capture_default_str();
  command->add_option("-m,--model", options->model, "the model")
      ->type_name("NAME")
      ->capture_default_str();
  command->add_option("--system", options->system, "a system message")->type_name("TEXT");
  command->add_flag("--no-stream", options->no_stream, "ask for the answer in one piece");
  command->add_flag("--raw", options->raw,
                    "print the body as it comes, the events of a stream too");
  add_file(*command, "--ca-file", options->ca_file, "authorities to trust, for an https URL");
  command->footer(
      "The key is taken from PENSTOCK_KEY. At a terminal without a message, each line is a message "
      "of one conversation. Exits with 1 when there was no answer or it broke off.\n\n"
      "Examples:\n"
      "  penstock chat \"hello\"\n"
      "  penstock chat --model gpt-4o-mini --system \"Answer in one word.\" < question.txt");
  command->callback([options, &exit_code] { exit_code = chat(*options); });
}

}  // namespace penstock::cli
