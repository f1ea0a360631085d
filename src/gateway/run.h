#pragma once

#include <string>

namespace penstock::gateway {

/// How a run ended.
enum class End {
  kClean,          // drained, and nothing was cut
  kCut,            // drained, but some exchanges had to be cut
  kFailed,         // did not start: an address is taken, or the folder of the state
  kInvalidConfig,  // did not start
};

/// Serves with a configuration file, or the built-in configuration when `file` is empty, until a
/// signal ends it:
///
///   SIGTERM, SIGINT   drain and end; a second one ends the process at once, with status 1
///   SIGHUP            load the configuration anew
///
/// Words for people go to stderr. Call it once, from the main thread.
End run(const std::string& file);

}  // namespace penstock::gateway
