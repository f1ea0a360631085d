#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/control_server.h"
#include "control/fake_operations.h"
#include "support/http_client.h"

namespace penstock::control::testing {

inline constexpr std::string_view kAdminKey = "admin-key-of-a-test";
inline constexpr std::string_view kWithAdminKey = "Authorization: Bearer admin-key-of-a-test\r\n";

/// A control plane on a free port, and what it stands for.
class ControlPlane {
 public:
  explicit ControlPlane(std::string_view admin_key = {}, FakeOperations its_operations = {})
      : operations(std::move(its_operations)) {
    config::ControlOptions options;
    options.listen = {"127.0.0.1", 0};
    options.admin_key = Secret(std::string(admin_key));
    auto started = ControlServer::start(options, operations);
    if (started) {
      server_ = std::move(*started);
    } else {
      ADD_FAILURE() << started.error().detail;
    }
  }

  std::uint16_t port() const { return server_->port(); }
  /// One exchange on a connection of its own.
  test::Message ask(std::string_view request) const { return test::fetch(port(), request); }
  void stop() { server_.reset(); }

  FakeOperations operations;

 private:
  std::unique_ptr<ControlServer> server_;
};

inline nlohmann::json json_of(const test::Message& answer) {
  return nlohmann::json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
}

/// The member `error` of an error answer; a string where the answer is none.
inline nlohmann::json error_of(const test::Message& answer) {
  const nlohmann::json body = json_of(answer);
  return body.is_object() && body.contains("error") ? body["error"] : nlohmann::json(answer.body);
}

}  // namespace penstock::control::testing
