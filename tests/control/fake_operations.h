#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "control/operations.h"

namespace penstock::control::testing {

/// A gateway that does what a test says. What it does is set before requests come.
class FakeOperations final : public Operations {
 public:
  std::function<std::vector<std::string>()> on_not_ready = [] {
    return std::vector<std::string>{};
  };
  std::function<std::string()> on_metrics = [] { return "penstock_streams_active 3\n"; };
  std::function<nlohmann::json()> on_status = [] { return nlohmann::json{{"state", "ready"}}; };
  std::function<nlohmann::json()> on_limits = [] {
    return nlohmann::json{{"limits", nlohmann::json::array()}};
  };
  std::function<config::Diagnostics(std::string_view)> on_check = [](std::string_view) {
    return config::Diagnostics{};
  };
  std::function<config::Diagnostics()> on_reload = [] { return config::Diagnostics{}; };

  std::vector<std::string> not_ready() const override { return on_not_ready(); }
  std::string metrics() const override { return on_metrics(); }
  nlohmann::json status() const override { return on_status(); }
  nlohmann::json limits() const override { return on_limits(); }
  config::Diagnostics check(std::string_view yaml) const override { return on_check(yaml); }
  config::Diagnostics reload() override { return on_reload(); }
};

/// Diagnostics with one error, as a misspelt key makes them.
inline config::Diagnostics misspelt_key() {
  config::Diagnostics diagnostics;
  diagnostics.error({{"penstock.yaml", 3, 5}, "server", "unknown key `lisen`"});
  return diagnostics;
}

}  // namespace penstock::control::testing
