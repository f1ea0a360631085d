#pragma once

#include <string>
#include <utility>

#include "penstock/exchange.h"

#include "config/config.h"

namespace penstock::server {

/// The exchange of a connection: knows the configuration's models, and is filled by the server.
class ServerExchange final : public Exchange {
 public:
  /// `config` and `cancel` outlive it. `body` has json::kPadding bytes of capacity to spare.
  ServerExchange(std::string id, const Clock& clock, MonotonicTime started, Cancel& cancel,
                 const config::Config& config, std::string body)
      : Exchange(std::move(id), clock, started, cancel), config_(config) {
    set_body(std::move(body));
  }

  using Exchange::run_answer_hooks;

 private:
  Target find_target(std::string_view model) const override {
    return config::find_target(config_, model);
  }

  const config::Config& config_;
};

}  // namespace penstock::server
