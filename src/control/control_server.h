#pragma once

#include <cstdint>
#include <memory>

#include "penstock/result.h"

#include "config/config.h"
#include "control/operations.h"

namespace penstock::control {

/// The control plane: health, metrics and administration over HTTP, on threads of its own. It never
/// sees the clients' traffic.
///
///   GET  /livez /readyz                 for everybody who can connect
///   GET  /metrics /openapi.yaml /v1/status
///   POST /v1/config/check /v1/config/reload /v1/schema/validate
class ControlServer {
 public:
  /// Binds and serves. `operations` outlives it. Error: the address cannot be bound; `detail` names
  /// control.listen.
  static Result<std::unique_ptr<ControlServer>> start(const config::ControlOptions& options,
                                                      Operations& operations);
  /// Stops serving; what is being answered is finished first.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  std::uint16_t port() const noexcept;

 private:
  struct Impl;
  explicit ControlServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace penstock::control
