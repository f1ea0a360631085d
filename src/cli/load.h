#pragma once

#include <memory>
#include <string>

#include "limits/buckets.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "server/snapshot.h"

namespace penstock::cli {

/// What a configuration is loaded for; to check one, nothing outside is touched.
enum class Purpose { kServe, kCheck };

/// What a snapshot is built with and outlived by.
struct Process {
  std::unique_ptr<Log> log;
  limits::Buckets buckets{system_clock()};
  Metrics metrics;

  Services services(Purpose purpose = Purpose::kServe) {
    return {system_clock(), *log, buckets, metrics, purpose == Purpose::kCheck};
  }
};

/// Loads a configuration file (empty: the built-in one) and builds everything it says. Null when
/// something is wrong; `diagnostics` says what.
std::shared_ptr<const server::Snapshot> load_snapshot(const std::string& file, Process& process,
                                                      config::Diagnostics& diagnostics);

}  // namespace penstock::cli
