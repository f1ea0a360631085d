#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "limits/memory_store.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "server/snapshot.h"

namespace penstock::gateway {

/// What a snapshot is built with and outlived by.
struct Process {
  std::unique_ptr<Log> log;
  limits::MemoryStore meters{system_clock()};
  Metrics metrics;
  std::shared_ptr<limits::Stores> stores = std::make_shared<limits::Stores>();

  /// `check_only`: see Services.
  Services services(bool check_only = false) {
    return {system_clock(), *log, meters, metrics, check_only, ModelData::builtin(), stores};
  }
};

/// Loads a configuration file (empty: the built-in configuration) and builds everything it says.
/// Null when something is wrong; `diagnostics` says what. Blocks: reads files.
std::shared_ptr<const server::Snapshot> load_snapshot(const std::string& file,
                                                      const Services& services,
                                                      config::Diagnostics& diagnostics);

/// What is wrong with the text of a configuration, called `name` in the diagnostics. Touches
/// nothing outside; blocks as above.
config::Diagnostics check_text(std::string_view yaml, std::string_view name, Process& process);

}  // namespace penstock::gateway
