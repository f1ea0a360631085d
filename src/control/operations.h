#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "penstock/config.h"

namespace penstock::control {

/// What the control plane shows of the gateway and asks of it; implemented by the process that
/// runs it. Called on the control plane's threads, so everything is thread-safe; it may block.
class Operations {
 public:
  virtual ~Operations() = default;

  /// Why no traffic should come, one short text for each reason ("draining"); empty: ready.
  virtual std::vector<std::string> not_ready() const = 0;
  /// The metrics in the Prometheus text format 0.0.4.
  virtual std::string metrics() const = 0;
  /// The answer of GET /v1/status.
  virtual nlohmann::json status() const = 0;
  /// The answer of GET /v1/limits.
  virtual nlohmann::json limits() const = 0;
  /// What is wrong with the text of a configuration. Touches nothing outside.
  virtual config::Diagnostics check(std::string_view yaml) const = 0;
  /// Loads the configuration anew and swaps it in, unless something is wrong with it.
  virtual config::Diagnostics reload() = 0;
};

}  // namespace penstock::control
