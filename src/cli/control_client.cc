#include "cli/control_client.h"

#include <cstdio>

#include <CLI/CLI.hpp>

#include "cli/cli.h"
#include "cli/diagnostics_view.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "config/config.h"
#include "config/diagnostics.h"

namespace penstock::cli {

namespace {

constexpr const char* kDefaultUrl = "http://127.0.0.1:4001";

/// The control section alone has to be right: a shell without the keys of the providers can ask as
/// well. A diagnostic without a path is about the file as a whole.
config::Diagnostics about_control(const config::Diagnostics& diagnostics) {
  config::Diagnostics relevant;
  for (const config::Diagnostic& one : diagnostics.list()) {
    if (one.path.empty() || one.path.starts_with("control")) relevant.error(one);
  }
  return relevant;
}

std::optional<config::ControlOptions> load_control(const std::string& file) {
  config::Diagnostics all;
  config::Config loaded = config::load_file(file, config::process_environment, all);
  const config::Diagnostics problems = about_control(all);
  if (problems.ok()) return std::move(loaded.control);
  std::fputs(render(problems, {}).c_str(), stderr);
  return std::nullopt;
}

/// The address that reaches a listener on all interfaces from this machine.
http::Url url_of(http::HostPort listen) {
  if (listen.host.empty() || listen.host == "0.0.0.0") listen.host = "127.0.0.1";
  if (listen.host == "::") listen.host = "::1";
  return {.tls = false, .host = listen.host, .port = listen.port, .path = ""};
}

Result<http::Url> find_url(const ControlOptions& options, const config::ControlOptions* control) {
  if (!options.url.empty()) return http::parse_url(options.url);
  if (control != nullptr) {
    if (control->listen.port != 0) return url_of(control->listen);
    return config::failure("`control.listen` leaves the port open; --url has to name it");
  }
  const auto named = config::process_environment("PENSTOCK_CONTROL_URL");
  auto url = http::parse_url(named && !named->empty() ? *named : kDefaultUrl);
  if (url) return url;
  return config::failure("PENSTOCK_CONTROL_URL: " + url.error().public_message);
}

}  // namespace

void add_control_options(CLI::App& command, ControlOptions& options) {
  add_url(command, "--url", options.url, "where the control plane is");
  add_file(command, "-c,--config", options.config_file,
           "take the address and the admin key from this configuration");
  add_file(command, "--ca-file", options.ca_file, "authorities to trust, for an https URL");
}

std::optional<Peer> find_control_plane(const ControlOptions& options, int& exit_code) {
  std::optional<config::ControlOptions> control;
  if (!options.config_file.empty()) {
    control = load_control(options.config_file);
    if (!control) {
      exit_code = kInvalid;
      return std::nullopt;
    }
  }
  auto url = find_url(options, control ? &*control : nullptr);
  auto key = key_of_environment("PENSTOCK_ADMIN_KEY");
  if (!url || !key) {
    exit_code = fail(kUsage, (url ? key.error() : url.error()).public_message);
    return std::nullopt;
  }
  if (key->empty() && control) *key = control->admin_key;
  return Peer{std::move(*url), std::move(*key), options.ca_file};
}

std::optional<Answer> ask_control_plane(const Peer& peer, Method method, const std::string& path,
                                        const Timeouts& timeouts) {
  auto answer = call(peer, method, path, timeouts);
  if (!answer) {
    say(answer.error().public_message);
    return std::nullopt;
  }
  if (answer->status == 401 || answer->status == 403) {
    say(peer.key.empty() ? "the control plane wants its admin key; set PENSTOCK_ADMIN_KEY"
                         : "the control plane refuses the admin key; is PENSTOCK_ADMIN_KEY right?");
    return std::nullopt;
  }
  return std::move(*answer);
}

}  // namespace penstock::cli
