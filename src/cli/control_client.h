#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cli/http_call.h"

namespace CLI {  // NOLINT(readability-identifier-naming): the name is not ours
class App;
}

namespace penstock::cli {

/// What the commands that ask the control plane were told about where it is.
struct ControlOptions {
  std::string url;
  std::string config_file;
  std::string ca_file;
};

/// Adds --url, --config and --ca-file; `options` outlives the parsing.
void add_control_options(CLI::App& command, ControlOptions& options);

/// Where the control plane is: --url, else `control.listen` of the configuration, else
/// PENSTOCK_CONTROL_URL, else http://127.0.0.1:4001. The key is PENSTOCK_ADMIN_KEY, else
/// `control.admin_key` of the configuration. nullopt: something was wrong; stderr says what, and
/// `exit_code` how to end.
std::optional<Peer> find_control_plane(const ControlOptions& options, int& exit_code);

/// call(), and nullopt with a word on stderr where there is no answer or the key is refused.
std::optional<Answer> ask_control_plane(const Peer& peer, Method method, const std::string& path,
                                        const Timeouts& timeouts);

}  // namespace penstock::cli
