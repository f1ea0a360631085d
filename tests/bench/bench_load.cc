#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/prctl.h>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "bench/load.h"

namespace penstock::bench {
namespace {

struct Words {
  std::string script = "chat-600";
  bool ask_usage = false;
  std::size_t request_bytes = 1000;
  std::string method = "POST";
  std::string path = "/v1/chat/completions";
  std::vector<std::string> headers;
  std::string body_file;
  int status = 200;
  std::string text;
  std::string tls_ca;
  double seconds = 1;
  double patience_seconds = 30;
};

void add_options(CLI::App& app, Words& words, LoadOptions& options) {
  app.add_option("--port", options.port, "where to connect, on 127.0.0.1")->required();
  app.add_option("--tls-ca", words.tls_ca, "speak TLS and trust this file");
  app.add_option("--script", words.script, "what is asked: chat-SIZE or stream-EVENTS[-PACEms]");
  app.add_flag("--ask-usage", words.ask_usage, "ask for the usage of a stream");
  app.add_option("--request-bytes", words.request_bytes, "size of the request's body");
  app.add_option("--method", words.method, "the request's method; GET has no body");
  app.add_option("--path", words.path, "the request's path");
  app.add_option("--header", words.headers, "a further field: 'name: value'");
  app.add_option("--body", words.body_file, "a file with the body, in place of the script's");
  app.add_option("--status", words.status, "the status that is expected");
  app.add_option("--text", words.text, "what the body has to contain, in place of the script's");
  app.add_option("--connections", options.connections, "connections, each for one request a time")
      ->check(CLI::Range(1, 100000));
  app.add_option("--idle", options.idle_connections, "connections held open beside these");
  app.add_option("--rate", options.rate, "requests a second; left out: a closed loop");
  app.add_option("--requests", options.requests, "how many at most");
  app.add_option("--seconds", words.seconds, "for how long")->check(CLI::PositiveNumber);
  app.add_option("--patience", words.patience_seconds, "seconds to wait for the last answers");
  app.add_flag("--churn", options.churn, "a connection for each request");
  app.add_option("--read-rate", options.read_rate, "bytes a second that each connection reads");
}

Nanos to_nanos(double seconds) {
  return static_cast<Nanos>(seconds * static_cast<double>(kSecond));
}

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) throw CLI::ValidationError("--body", "cannot read " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string request_head(const Words& words, std::size_t body_size) {
  std::string head = words.method + " " + words.path + " HTTP/1.1\r\nHost: localhost\r\n";
  for (const std::string& field : words.headers) head += field + "\r\n";
  if (body_size > 0) {
    head +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body_size) + "\r\n";
  }
  return head + "\r\n";
}

Question make_question(const Words& words) {
  const auto script = Script::parse(words.script);
  if (!script) throw CLI::ValidationError("--script", "no such script: " + words.script);
  const auto usage = words.ask_usage ? StreamUsage::kPresent : StreamUsage::kAbsent;
  std::string body;
  if (!words.body_file.empty()) {
    body = read_file(words.body_file);
  } else if (words.method != "GET") {
    body = make_request(*script, usage, words.request_bytes);
  }
  Question question;
  question.request = request_head(words, body.size()) + body;
  question.status = words.status;
  question.text = words.text;
  if (words.text.empty() && words.status == 200) question.answer = make_answer(*script, usage);
  return question;
}

nlohmann::json to_json(const Histogram& times) {
  const auto microseconds = [](double nanos) { return nanos / 1000; };
  nlohmann::json json{{"count", times.count()}, {"mean", microseconds(times.mean())}};
  constexpr std::pair<const char*, double> kParts[] = {
      {"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}};
  for (const auto& [name, part] : kParts) {
    json[name] = microseconds(static_cast<double>(times.at(part)));
  }
  json["max"] = microseconds(static_cast<double>(times.max()));
  return json;
}

nlohmann::json to_json(const LoadReport& report, const Question& question) {
  return {{"answers", report.answers},
          {"faults", report.faults},
          {"first_fault", report.first_fault},
          {"unfinished", report.unfinished},
          {"connections", report.connections},
          {"events", report.events},
          {"body_bytes", report.body_bytes},
          {"content_hash", content_hash(question.answer.body)},
          {"seconds", static_cast<double>(report.time) / static_cast<double>(kSecond)},
          {"latency_us", to_json(report.latency)},
          {"first_event_us", to_json(report.first_event)},
          {"gap_us", to_json(report.gap)}};
}

void print_line(const nlohmann::json& json) {
  std::puts(json.dump().c_str());
  std::fflush(stdout);
}

int run(int argc, char** argv) {
  CLI::App app(
      "Asks a server the same question over and over, and looks at every byte that comes.");
  app.footer(
      "Prints {\"event\":\"open\"} when everything stands that is to be held open, then the "
      "report. Status 1: an answer was not as expected, and the numbers are worth nothing.");
  Words words;
  LoadOptions options;
  add_options(app, words, options);
  try {
    app.parse(argc, argv);
    const Question question = make_question(words);
    const TlsContext tls = words.tls_ca.empty() ? nullptr : tls_client(words.tls_ca);
    if (!tls && !words.tls_ca.empty()) throw CLI::ValidationError("--tls-ca", "no certificates");
    options.tls = tls.get();
    options.length = to_nanos(words.seconds);
    options.patience = to_nanos(words.patience_seconds);
    options.on_open = [] { print_line({{"event", "open"}}); };
    Load load(options, question);
    const LoadReport& report = load.run();
    print_line(to_json(report, question));
    if (report.faults == 0) return 0;
    std::fprintf(stderr, "bench_load: %s\n", report.first_fault.c_str());
    return 1;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
}

}  // namespace
}  // namespace penstock::bench

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_TIMERSLACK, 1);  // the kernel's 50 us would show in every pace
  penstock::bench::raise_descriptor_limit();
  return penstock::bench::run(argc, argv);
}
