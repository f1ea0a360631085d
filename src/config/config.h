#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/config.h"
#include "penstock/exchange.h"
#include "penstock/secret.h"

#include "base/tls_options.h"
#include "http/url.h"

namespace penstock::config {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

/// What the YAML file says, checked and with every default filled in. The chain's items stay nodes:
/// each interceptor reads its own options.
struct ServerOptions {
  http::HostPort listen{"127.0.0.1", 4000};
  std::uint32_t threads = 0;  // 0: one event loop per core
  struct Limits {
    std::uint64_t max_body = 32ull << 20;
    std::uint64_t max_head = 64ull << 10;
    std::uint64_t max_connections = 0;  // 0: half of the file descriptors
  } limits;
  struct Timeouts {
    milliseconds head = 10s;
    milliseconds body_idle = 30s;
    milliseconds keep_alive = 75s;
    milliseconds drain = 600s;
    milliseconds write_idle = 60s;  // a client that takes nothing for that long is dropped
    milliseconds lame_duck = 0s;    // after SIGTERM: not ready any more, yet still accepting
  } timeouts;
  std::optional<TlsOptions> tls;  // absent: plain HTTP
  std::string state_dir;          // folder of what outlives the process; empty: none
  /// CORS: absent: any origin where `auth` is in the chain, else loopback origins only.
  std::optional<std::vector<std::string>> cors_origins;
};

struct ControlOptions {
  http::HostPort listen{"127.0.0.1", 4001};
  bool listen_is_default = true;  // then another program on the port is no reason not to start
  Secret admin_key;               // empty: who can connect may do everything
  bool watch_files = true;        // reload when a file of the configuration changes
};

/// An HTTP proxy that opens a tunnel by CONNECT (RFC 9110 section 9.3.6).
struct Proxy {
  http::HostPort address;
  Secret authorization;  // value of Proxy-Authorization; empty: none is sent
};

struct UpstreamOptions {
  enum class Kind { kOpenai, kDemo };
  std::string name;
  Kind kind = Kind::kOpenai;
  http::Url base_url;
  Secret api_key;            // empty: none is sent
  bool passthrough = false;  // api_key: passthrough: the client's own credential travels
  struct Timeouts {
    milliseconds connect = 3s;
    milliseconds first_byte = 60s;
    milliseconds idle = 60s;
    milliseconds total = 0s;  // 0: none
  } timeouts;
  TlsOptions tls;                            // for base_url with https
  std::optional<Proxy> proxy;                // what it is reached through; absent: nothing
  std::uint64_t max_response = 64ull << 20;  // bytes of an answer that is not a stream
  std::uint32_t max_idle_connections = 64;   // per event loop
  milliseconds demo_pace = 20ms;             // kind demo: time between two words of a stream
};

/// Files that take the place of those of config/models; empty: the program's own.
struct ModelDataFiles {
  std::string tokens;
  std::string prices;
};

struct Config {
  ServerOptions server;
  ControlOptions control;
  std::map<std::string, UpstreamOptions> upstreams;
  std::map<std::string, penstock::Target>
      models;  // "*" forwards any name; target.model empty: same
  ModelDataFiles model_data;
  Node chain;              // a list; empty where `auth: none` etc. was lifted
  bool auth_none = false;  // `- auth: none` was written in so many words
  std::string origin;      // file name, or "built-in"
  /// Every file that was read or could not be, for a watcher: absolute or relative to the working
  /// directory. Good even where diagnostics say that the rest is not.
  std::vector<std::string> files;
};

/// Reads the environment; a function so that tests have their own. nullopt: not set.
using Environment = std::optional<std::string> (*)(const std::string& name);
std::optional<std::string> process_environment(const std::string& name);

/// Loads a YAML text: parse, interpolate, check everything but the chain's options. Whatever is
/// wrong is in `diagnostics`; the result is then not to be used.
Config load(std::string_view yaml, std::string_view file_name, Environment environment,
            Diagnostics& diagnostics);
Config load_file(const std::string& path, Environment environment, Diagnostics& diagnostics);
/// No file: provider keys from the usual environment variables, otherwise the demo upstream. A bad
/// value in one of them (OPENAI_BASE_URL) is in `diagnostics`, under the file name "built-in".
Config built_in(Environment environment, Diagnostics& diagnostics);

/// Which target a model name has: its entry, else "*", else an empty one.
penstock::Target find_target(const Config& config, std::string_view model);

/// "file:line:column: path: message", one per line, sorted by position; "warning: " stands before
/// the message of a warning.
std::string to_text(const Diagnostics& diagnostics);
/// The same for programs: {"valid":false,"errors":[{"file","line","column","path","message"}]},
/// and "warnings" of the same shape where there are any.
std::string to_json(const Diagnostics& diagnostics);

}  // namespace penstock::config
