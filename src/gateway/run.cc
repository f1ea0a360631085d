#include "gateway/run.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "control/control_server.h"
#include "gateway/file_watch.h"
#include "gateway/first_key.h"
#include "gateway/insist.h"
#include "gateway/live_configuration.h"
#include "gateway/operations.h"
#include "gateway/state_keeper.h"
#include "server/server.h"
#include "server/server_metrics.h"

namespace penstock::gateway {

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

std::string shown_host(const std::string& host) {
  if (host.empty() || host == "0.0.0.0" || host == "::") return "127.0.0.1";
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string url_of(const http::HostPort& listen, std::uint16_t port, bool tls) {
  return (tls ? "https://" : "http://") + shown_host(listen.host) + ":" + std::to_string(port);
}

/// "1 running exchange was cut"
std::string cut_words(std::int64_t exchanges) {
  return std::to_string(exchanges) +
         (exchanges == 1 ? " running exchange was cut" : " running exchanges were cut");
}

void say(std::string_view words) {
  std::fprintf(stderr, "penstock: %.*s\n", static_cast<int>(words.size()), words.data());
}

/// A started gateway: the data plane, the control plane, and what the main thread does for them.
class Gateway {
 public:
  Gateway(LiveConfiguration& configuration, Process& process)
      : configuration_(configuration),
        process_(process),
        watch_(io_, [this] { reload([this] { configuration_.reload_if_changed(); }); }),
        sweep_(io_),
        ends_(io_, SIGTERM, SIGINT),
        reloads_(io_, SIGHUP) {}

  /// False: it cannot start, and said why.
  bool start() {
    const auto snapshot = configuration_.state().snapshot;
    if (!keep_state(snapshot->config.server.state_dir)) return false;
    auto server = server::Server::start(snapshot, process_.services(), [this] { io_.stop(); });
    if (!server) {
      say(server.error().detail);
      return false;
    }
    server_ = std::move(*server);
    configuration_.on_replaced([this](const LiveConfiguration::Snapshot& now) { replaced(now); });
    operations_ = std::make_unique<Operations>(*server_, configuration_, process_);
    if (!start_control(snapshot->config.control)) {
      server_->drain();
      return false;
    }
    warn_of_descriptors(snapshot->config.server);
    watch_files();  // before anybody is told, and may change a file
    greet(snapshot->config);
    return true;
  }

  End serve() {
    insist([this] { end_on_signal(false); });
    insist([this] { reload_on_signal(); });
    const auto work = asio::make_work_guard(io_);
    insist([this] { io_.run(); });
    control_.reset();
    const auto cut = static_cast<std::int64_t>(server_->cut());
    server_.reset();
    keeper_.reset();  // everything is settled
    process_.log->server(cut == 0 ? Log::Level::kInfo : Log::Level::kWarning, "stopped",
                         "\"exchanges_cut\":" + std::to_string(cut));
    process_.log->finish();
    say(cut == 0 ? "stopped" : "stopped; " + cut_words(cut));
    return cut == 0 ? End::kClean : End::kCut;
  }

 private:
  bool keep_state(const std::string& folder) {
    if (folder.empty()) return true;
    auto keeper =
        StateKeeper::start({.folder = folder}, &process_.meters, *process_.log, system_clock());
    if (!keeper) {
      say(keeper.error().detail);
      return false;
    }
    keeper_ = std::move(*keeper);
    return true;
  }

  bool start_control(const config::ControlOptions& options) {
    auto control = control::ControlServer::start(options, *operations_);
    if (control) {
      control_ = std::move(*control);
      return true;
    }
    // Two gateways on one machine need no word about ports that nobody asked for.
    say(control.error().detail + (options.listen_is_default ? "; running without it" : ""));
    return options.listen_is_default;
  }

  void warn_of_descriptors(const config::ServerOptions& options) const {
    const std::uint64_t missing = server::Server::missing_descriptors(options);
    if (missing == 0) return;
    const std::string words =
        "server.limits.max_connections: " + std::to_string(options.limits.max_connections) +
        " connections need " + std::to_string(missing) +
        " file descriptors more than the process may open; raise the limit (`ulimit -n`, "
        "LimitNOFILE) or lower the setting";
    say(words);
    process_.log->server(Log::Level::kWarning, words);
  }

  void greet(const config::Config& config) const {
    const bool tls = config.server.tls.has_value();
    std::string words = "listening on " + url_of(config.server.listen, server_->port(), tls) +
                        " (" + config.origin + ", " + std::to_string(server_->loops()) +
                        " event loops";
    if (control_) {
      words += ", control on " + url_of(config.control.listen, control_->port(), false);
    }
    say(words + ")");
  }

  /// The first SIGTERM or SIGINT drains, the second ends at once.
  void end_on_signal(bool again) {
    ends_.async_wait([this, again](const boost::system::error_code& error, int) {
      if (error) return;
      if (again) end_at_once();
      insist([this] { server_->drain(); });
      say("draining; a second signal ends at once");
      process_.log->server(Log::Level::kInfo, "draining");
      insist([this] { end_on_signal(true); });
    });
  }

  [[noreturn]] void end_at_once() {
    const std::int64_t running = process_.metrics.total(server::kExchangesActive);
    process_.log->server(Log::Level::kWarning, "ended at once by a second signal",
                         "\"exchanges_cut\":" + std::to_string(running));
    process_.log->finish();
    say("ended at once by a second signal; " + cut_words(running));
    std::_Exit(1);
  }

  void reload_on_signal() {
    reloads_.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      reload([this] { configuration_.reload(); });
      insist([this] { reload_on_signal(); });
    });
  }

  template <class Fn>
  void reload(Fn fn) {
    try {
      fn();
    } catch (const std::bad_alloc&) {
      process_.log->server(Log::Level::kError,
                           "configuration not reloaded: out of memory; the old one stays");
    }
  }

  void watch_files() {
    if (!configuration_.state().snapshot->config.control.watch_files) return;
    watch_.watch(configuration_.files());
    configuration_.reload_if_changed();  // before they were watched
  }

  /// On the thread that reloads.
  void replaced(const LiveConfiguration::Snapshot& now) {
    server_->replace(now);
    asio::post(io_, [this] {
      watch_files();
      sweep();
    });
  }

  void sweep() {
    sweep_.expires_after(1s);
    sweep_.async_wait([this](const boost::system::error_code& error) {
      if (!error && !configuration_.let_go()) sweep();
    });
  }

  asio::io_context io_;
  LiveConfiguration& configuration_;
  Process& process_;
  std::unique_ptr<StateKeeper> keeper_;
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<Operations> operations_;
  std::unique_ptr<control::ControlServer> control_;
  FileWatch watch_;
  asio::steady_timer sweep_;
  asio::signal_set ends_;
  asio::signal_set reloads_;
};

}  // namespace

End run(const std::string& file) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk
  if (file.empty()) make_key_if_needed();
  Process process;
  auto log = Log::open({}, system_clock());
  if (!log) {
    say(log.error().detail);
    return End::kFailed;
  }
  process.log = std::move(*log);

  LiveConfiguration configuration(file, process);
  const config::Diagnostics diagnostics = configuration.load();
  std::fputs(config::to_text(diagnostics).c_str(), stderr);
  if (!diagnostics.ok()) return End::kInvalidConfig;
  Gateway gateway(configuration, process);
  return gateway.start() ? gateway.serve() : End::kFailed;
}

}  // namespace penstock::gateway
