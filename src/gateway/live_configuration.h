#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "penstock/config.h"

#include "gateway/load.h"

namespace penstock::gateway {

/// The configuration that the process runs on, and how it is loaded anew: a candidate is parsed,
/// resolved and built in full, and only then takes the place of the running one. Thread-safe; loads
/// wait for each other. All functions may block.
class LiveConfiguration {
 public:
  using Snapshot = std::shared_ptr<const server::Snapshot>;

  struct Reload {
    WallTime at;
    config::Diagnostics diagnostics;  // ok: it runs now
  };
  struct State {
    Snapshot snapshot;  // null before the first load
    std::string hash;   // of all its files: the first 16 digits of their SHA-256
    WallTime loaded_at;
    std::optional<Reload> last_reload;
  };

  /// `file`: empty for the built-in configuration. `process` outlives this.
  LiveConfiguration(std::string file, Process& process);

  /// The first load.
  config::Diagnostics load();
  /// Where a reloaded snapshot goes. Called on the thread that reloads, before reload() returns.
  void on_replaced(std::function<void(const Snapshot&)> fn) { replaced_ = std::move(fn); }
  /// Loads anew. When something is wrong, or a setting changed that needs a restart, the running
  /// configuration stays, and the log says why.
  config::Diagnostics reload();
  /// Reloads if a file differs from what was loaded or refused last.
  void reload_if_changed();

  /// Frees replaced snapshots that no exchange uses any more; true: none is left. They are not
  /// freed where they are used last, for their end may wait for a log file, and an event loop must
  /// not.
  bool let_go();

  State state() const;
  /// The files that the running configuration was made from.
  std::vector<std::string> files() const;

 private:
  Snapshot build(config::Diagnostics& diagnostics);
  config::Diagnostics reload_locked();
  void note(const config::Diagnostics& diagnostics);

  const std::string file_;
  Process& process_;
  std::function<void(const Snapshot&)> replaced_;

  std::mutex loading_;             // one load at a time
  std::vector<Snapshot> retired_;  // guarded by loading_

  mutable std::mutex mutex_;  // guards what follows
  State state_;
  std::vector<std::string> files_;
  std::string seen_;  // digest of files_ when they were loaded or refused
};

}  // namespace penstock::gateway
