#pragma once

#include "control/operations.h"
#include "gateway/live_configuration.h"
#include "server/server.h"

namespace penstock::gateway {

/// What the control plane shows of a running gateway. All it is made from outlives it.
class Operations final : public control::Operations {
 public:
  Operations(const server::Server& server, LiveConfiguration& configuration, Process& process);

  std::vector<std::string> not_ready() const override;
  std::string metrics() const override;
  nlohmann::json status() const override;
  nlohmann::json limits() const override;
  config::Diagnostics check(std::string_view yaml) const override;
  config::Diagnostics reload() override;

 private:
  const server::Server& server_;
  LiveConfiguration& configuration_;
  Process& process_;
  const WallTime started_at_;
  const MonotonicTime started_;
};

}  // namespace penstock::gateway
