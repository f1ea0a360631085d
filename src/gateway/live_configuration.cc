#include "gateway/live_configuration.h"

#include <algorithm>
#include <array>
#include <utility>

#include <openssl/evp.h>

#include "config/files.h"

namespace penstock::gateway {

namespace {

constexpr std::size_t kMaxFileBytes = 16 << 20;

constexpr std::array<std::string_view, 1> kResultLabel{"result"};
const MetricFamily kReloads{"penstock_config_reloads_total", "Attempts to reload.",
                            MetricFamily::Type::kCounter, kResultLabel};

/// One text that changes when a file does, comes or goes. What the files are called does not count,
/// so that it is the same wherever the same configuration runs.
std::string digest_of(const std::vector<std::string>& files) {
  std::string all;
  for (const std::string& file : files) {
    const auto text = config::read_file(file, kMaxFileBytes);
    all += text ? std::to_string(text->size()) + ":" + *text : "unreadable,";
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  ::EVP_Digest(all.data(), all.size(), digest.data(), &size, ::EVP_sha256(), nullptr);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

/// A setting that the running process cannot change.
void refuse_change(config::Diagnostics& diagnostics, const config::Config& candidate,
                   const std::string& setting) {
  config::Diagnostic diagnostic;
  diagnostic.where.file = candidate.origin;
  diagnostic.path = setting;
  diagnostic.message = "cannot change while the gateway runs; restart it, or set it back";
  diagnostics.error(std::move(diagnostic));
}

bool same(const http::HostPort& a, const http::HostPort& b) {
  return a.host == b.host && a.port == b.port;
}

void check_fixed_settings(const config::Config& running, const config::Config& candidate,
                          config::Diagnostics& diagnostics) {
  if (!same(running.server.listen, candidate.server.listen)) {
    refuse_change(diagnostics, candidate, "server.listen");
  }
  if (running.server.threads != candidate.server.threads) {
    refuse_change(diagnostics, candidate, "server.threads");
  }
  if (running.server.state_dir != candidate.server.state_dir) {
    refuse_change(diagnostics, candidate, "server.state_dir");
  }
  if (!same(running.control.listen, candidate.control.listen)) {
    refuse_change(diagnostics, candidate, "control.listen");
  }
  if (running.control.admin_key.reveal() != candidate.control.admin_key.reveal()) {
    refuse_change(diagnostics, candidate, "control.admin_key");
  }
}

std::vector<std::string> files_of(const server::Snapshot& snapshot) {
  std::vector<std::string> files = snapshot.config.files;
  files.insert(files.end(), snapshot.chain.files().begin(), snapshot.chain.files().end());
  return files;
}

}  // namespace

LiveConfiguration::LiveConfiguration(std::string file, Process& process)
    : file_(std::move(file)), process_(process) {
  if (!file_.empty()) files_.push_back(file_);
  for (const std::string_view result : {"success", "failure"}) {
    process_.metrics.cell(kReloads, {result});  // shown from the start
  }
}

/// Builds a candidate. A file that changes while it is read would be seen half, so it is read
/// again.
LiveConfiguration::Snapshot LiveConfiguration::build(config::Diagnostics& diagnostics) {
  constexpr int kMostTries = 3;
  Snapshot snapshot;
  for (int tries = 0; tries < kMostTries; ++tries) {
    const std::vector<std::string> before = files();
    const std::string seen_before = digest_of(before);
    diagnostics = {};
    snapshot = load_snapshot(file_, process_.services(), diagnostics);
    const bool stood_still = digest_of(before) == seen_before;

    const std::lock_guard lock(mutex_);
    if (snapshot) files_ = files_of(*snapshot);
    seen_ = digest_of(files_);
    if (stood_still) break;
  }
  return snapshot;
}

config::Diagnostics LiveConfiguration::load() {
  const std::lock_guard loading(loading_);
  config::Diagnostics diagnostics;
  Snapshot snapshot = build(diagnostics);
  const std::lock_guard lock(mutex_);
  state_.snapshot = std::move(snapshot);
  state_.hash = seen_.substr(0, 16);
  state_.loaded_at = system_clock().wall_now();
  return diagnostics;
}

config::Diagnostics LiveConfiguration::reload() {
  const std::lock_guard loading(loading_);
  return reload_locked();
}

void LiveConfiguration::reload_if_changed() {
  const std::lock_guard loading(loading_);
  const std::string now = digest_of(files());
  {
    const std::lock_guard lock(mutex_);
    if (now == seen_) return;
  }
  reload_locked();
}

config::Diagnostics LiveConfiguration::reload_locked() {
  config::Diagnostics diagnostics;
  Snapshot snapshot = build(diagnostics);
  if (snapshot) check_fixed_settings(state().snapshot->config, snapshot->config, diagnostics);
  if (diagnostics.ok()) {
    replaced_(snapshot);
    const std::lock_guard lock(mutex_);
    retired_.push_back(std::exchange(state_.snapshot, std::move(snapshot)));
    state_.hash = seen_.substr(0, 16);
    state_.loaded_at = system_clock().wall_now();
  }
  note(diagnostics);
  return diagnostics;
}

bool LiveConfiguration::let_go() {
  const std::lock_guard loading(loading_);
  std::erase_if(retired_, [](const Snapshot& each) { return each.use_count() == 1; });
  return retired_.empty();
}

void LiveConfiguration::note(const config::Diagnostics& diagnostics) {
  {
    const std::lock_guard lock(mutex_);
    state_.last_reload = {system_clock().wall_now(), diagnostics};
  }
  process_.metrics.cell(kReloads, {diagnostics.ok() ? "success" : "failure"}).add(1);
  if (diagnostics.ok()) {
    process_.log->server(Log::Level::kInfo, "configuration reloaded",
                         "\"hash\":\"" + state().hash + "\"");
    return;
  }
  std::string fields = config::to_json(diagnostics);  // {"valid":false,"errors":[...]}
  fields = fields.substr(1, fields.size() - 2);
  process_.log->server(Log::Level::kError, "configuration not reloaded; the old one stays", fields);
}

LiveConfiguration::State LiveConfiguration::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::vector<std::string> LiveConfiguration::files() const {
  const std::lock_guard lock(mutex_);
  return files_;
}

}  // namespace penstock::gateway
