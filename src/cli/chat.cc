#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <httplib.h>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "http/sse_reader.h"

namespace penstock::cli {

namespace {

struct ChatOptions {
  std::string message;
  std::string url = "http://127.0.0.1:4000";
  std::string model = "demo";
  std::string system;
  std::string key;
  bool raw = false;
};

std::string request_body(const ChatOptions& options) {
  nlohmann::json messages = nlohmann::json::array();
  if (!options.system.empty()) {
    messages.push_back({{"role", "system"}, {"content", options.system}});
  }
  messages.push_back({{"role", "user"}, {"content", options.message}});
  const nlohmann::json body{{"model", options.model}, {"stream", true}, {"messages", messages}};
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Prints the answer as it comes, and remembers how it ended.
class Printer {
 public:
  explicit Printer(bool raw) : raw_(raw) {}

  bool take(const char* data, std::size_t size) {
    const std::string_view bytes(data, size);
    if (raw_) std::fwrite(data, 1, size, stdout);
    if (whole_.size() < kMaxErrorBytes) whole_.append(bytes);
    if (!reader_.feed(bytes)) return false;
    while (const auto event = reader_.next()) show(event->data);
    std::fflush(stdout);
    return true;
  }

  bool done() const { return done_; }
  const std::string& error() const { return error_; }
  /// The message of an answer that was no stream.
  std::string refusal() const {
    const auto json = nlohmann::json::parse(whole_, nullptr, false);
    return message_of(json);
  }

 private:
  static constexpr std::size_t kMaxErrorBytes = 64 * 1024;

  static std::string message_of(const nlohmann::json& json) {
    if (!json.is_object() || !json.contains("error")) return {};
    const auto& error = json["error"];
    return error.is_object() ? error.value("message", "") : std::string();
  }

  void show(std::string_view data) {
    if (data.empty() || raw_) {
      done_ = done_ || data == "[DONE]";
      return;
    }
    if (data == "[DONE]") {
      done_ = true;
      return;
    }
    const auto json = nlohmann::json::parse(data, nullptr, false);
    if (json.is_discarded() || !json.is_object()) return;
    if (error_.empty()) error_ = message_of(json);
    for (const auto& choice : json.value("choices", nlohmann::json::array())) {
      const auto delta = choice.find("delta");
      if (delta == choice.end() || !delta->is_object()) continue;
      const auto content = delta->find("content");
      if (content == delta->end() || !content->is_string()) continue;
      const auto& text = content->get_ref<const std::string&>();
      std::fwrite(text.data(), 1, text.size(), stdout);
    }
  }

  bool raw_;
  bool done_ = false;
  http::SseReader reader_;
  std::string whole_;
  std::string error_;
};

std::string read_stdin() {
  std::string text;
  char buffer[4096];
  std::size_t got = 0;
  while ((got = std::fread(buffer, 1, sizeof buffer, stdin)) > 0) text.append(buffer, got);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

int fail(const std::string& message) {
  std::fprintf(stderr, "penstock: %s\n", message.c_str());
  return kFailed;
}

int chat(ChatOptions options) {
  if (options.message.empty()) options.message = read_stdin();
  if (options.message.empty()) return fail("nothing to say: give a message or pipe one in");
  httplib::Client client(options.url);
  if (!client.is_valid())
    return fail("`" + options.url + "` is no URL such as http://127.0.0.1:4000");
  client.set_connection_timeout(5);
  client.set_read_timeout(600);

  Printer printer(options.raw);
  httplib::Request request;
  request.method = "POST";
  request.path = "/v1/chat/completions";
  request.set_header("Content-Type", "application/json");
  if (!options.key.empty()) request.set_header("Authorization", "Bearer " + options.key);
  request.body = request_body(options);
  request.content_receiver = [&printer](const char* data, std::size_t size, std::uint64_t,
                                        std::uint64_t) { return printer.take(data, size); };
  const auto result = client.send(request);
  if (!options.raw) std::puts("");
  if (!printer.error().empty()) return fail("the stream broke off: " + printer.error());
  if (!result) {
    return fail("no answer from " + options.url + ": " + httplib::to_string(result.error()) +
                "; is `penstock serve` running?");
  }
  if (result->status != 200) {
    return fail("status " + std::to_string(result->status) + ": " + printer.refusal());
  }
  if (!printer.done()) return fail("the stream ended early");
  return kGood;
}

}  // namespace

void add_chat(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<ChatOptions>();
  if (const char* key = std::getenv("PENSTOCK_KEY")) options->key = key;
  CLI::App* command = app.add_subcommand("chat", "send a message and print the answer as it comes");
  command->add_option("message", options->message, "what to say; from stdin where absent");
  command->add_option("--url", options->url, "where the gateway is")->capture_default_str();
  command->add_option("-m,--model", options->model, "the model")->capture_default_str();
  command->add_option("--system", options->system, "a system message");
  command->add_flag("--raw", options->raw, "print the event stream as it is");
  command->footer("The key is taken from PENSTOCK_KEY.");
  command->callback([options, &exit_code] { exit_code = chat(*options); });
}

}  // namespace penstock::cli
