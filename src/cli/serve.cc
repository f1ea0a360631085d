#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/options.h"
#include "server/server.h"

namespace penstock::cli {

namespace {

namespace asio = boost::asio;

std::string shown_host(const std::string& host) {
  if (host.empty() || host == "0.0.0.0" || host == "::") return "127.0.0.1";
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

void greet(const server::Server& server, const config::Config& config) {
  const std::string url =
      "http://" + shown_host(config.server.listen.host) + ":" + std::to_string(server.port());
  std::fprintf(stderr, "penstock: listening on %s (%s, %zu event loops)\n", url.c_str(),
               config.origin.c_str(), server.loops());
}

/// The first SIGTERM or SIGINT drains, the second ends at once.
void on_signal(asio::signal_set& signals, server::Server& server, bool again) {
  signals.async_wait([&signals, &server, again](const boost::system::error_code& error, int) {
    if (error) return;
    if (again) {
      std::fputs("penstock: ended at once by a second signal\n", stderr);
      std::_Exit(kFailed);
    }
    std::fputs("penstock: draining; a second signal ends at once\n", stderr);
    server.drain();
    on_signal(signals, server, true);
  });
}

}  // namespace

int serve(const std::string& file) {
  std::signal(SIGPIPE, SIG_IGN);
  Process process;
  auto log = Log::open({}, system_clock());
  if (!log) {
    std::fprintf(stderr, "penstock: %s\n", log.error().detail.c_str());
    return kFailed;
  }
  process.log = std::move(*log);

  config::Diagnostics diagnostics;
  auto snapshot = load_snapshot(file, process, diagnostics);
  if (!snapshot) {
    std::fputs(config::to_text(diagnostics).c_str(), stderr);
    return kInvalid;
  }

  asio::io_context main_loop;
  const auto work = asio::make_work_guard(main_loop);
  asio::signal_set signals(main_loop, SIGTERM, SIGINT);
  auto server =
      server::Server::start(snapshot, process.services(), [&main_loop] { main_loop.stop(); });
  if (!server) {
    std::fprintf(stderr, "penstock: %s\n", server.error().detail.c_str());
    return kFailed;
  }
  greet(**server, snapshot->config);
  on_signal(signals, **server, false);
  main_loop.run();
  server->reset();
  process.log->flush();
  std::fputs("penstock: stopped\n", stderr);
  return kGood;
}

void add_serve(CLI::App& app, int& exit_code) {
  const auto file = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("serve", "serve until SIGTERM or SIGINT (the default)");
  add_file(*command, "-c,--config", *file, "the configuration file; none: the built-in one");
  command->footer("Examples:\n  penstock serve --config penstock.yaml");
  command->callback([file, &exit_code] { exit_code = serve(*file); });
}

}  // namespace penstock::cli
