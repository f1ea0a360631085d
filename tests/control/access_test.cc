#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/endpoints.h"
#include "control/fixture.h"

namespace penstock::control::testing {
namespace {

using test::get;

std::string request_for(const Endpoint& endpoint, std::string_view host, std::string_view fields) {
  const std::string_view method = endpoint.methods.starts_with("GET") ? "GET" : "POST";
  // Good for every endpoint that takes one.
  const std::string body = endpoint.body == Body::kText ? R"({"schema":true,"instance":1})" : "";
  std::string request = std::string(method) + " " + std::string(endpoint.path) + " HTTP/1.1\r\n";
  request += "Host: " + std::string(host) + "\r\n" + std::string(fields);
  if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return request + "\r\n" + body;
}

/// Counts what operators alone may do.
struct Guarded : ControlPlane {
  explicit Guarded(std::string_view admin_key = {}) : ControlPlane(admin_key) {
    operations.on_reload = [this] { return ++calls, config::Diagnostics{}; };
    operations.on_check = [this](std::string_view) { return ++calls, config::Diagnostics{}; };
    operations.on_status = [this] { return ++calls, nlohmann::json{}; };
    operations.on_metrics = [this] { return ++calls, std::string(); };
  }
  std::atomic<int> calls = 0;
};

TEST(ControlAccess, HealthIsForEverybody) {
  const ControlPlane control(kAdminKey);
  for (const char* path : {"/livez", "/readyz"}) {
    EXPECT_EQ(control.ask(get(path)).status(), 200) << path;
    const std::string from_afar =
        "GET " + std::string(path) + " HTTP/1.1\r\nHost: gateway.example\r\n\r\n";
    EXPECT_EQ(control.ask(from_afar).status(), 200) << path;
    const std::string ancient = "GET " + std::string(path) + " HTTP/1.0\r\n\r\n";
    EXPECT_EQ(control.ask(ancient).status(), 200) << path;
  }
}

TEST(ControlAccess, AllElseTakesTheAdminKey) {
  for (const Endpoint& endpoint : endpoints()) {
    if (endpoint.audience == Audience::kEverybody) continue;
    Guarded control(kAdminKey);
    EXPECT_EQ(control.ask(request_for(endpoint, "gateway.example", kWithAdminKey)).status(), 200)
        << endpoint.path;
    EXPECT_EQ(control
                  .ask(request_for(endpoint, "gateway.example",
                                   "authorization: bEARER  admin-key-of-a-test\r\n"))
                  .status(),
              200)
        << endpoint.path;
  }
}

TEST(ControlAccess, RefusesEverythingButTheAdminKey) {
  for (const Endpoint& endpoint : endpoints()) {
    if (endpoint.audience == Audience::kEverybody) continue;
    Guarded control(kAdminKey);
    for (const char* fields :
         {"", "Authorization: Bearer\r\n", "Authorization: Bearer \r\n",
          "Authorization: admin-key-of-a-test\r\n", "Authorization: Basic admin-key-of-a-test\r\n",
          "Authorization: Bearer admin-key-of-a-tes\r\n",
          "Authorization: Bearer admin-key-of-a-test2\r\n",
          "Authorization: Bearer ADMIN-KEY-OF-A-TEST\r\n", "x-api-key: admin-key-of-a-test\r\n",
          "Authorization: Bearer admin-key-of-a-test\r\nAuthorization: Bearer other\r\n"}) {
      const auto answer = control.ask(request_for(endpoint, "localhost", fields));
      EXPECT_EQ(answer.status(), 401) << endpoint.path << " " << fields;
      EXPECT_EQ(answer.field("www-authenticate"), "Bearer");
      EXPECT_EQ(error_of(answer)["code"], "invalid_api_key");
    }
    EXPECT_EQ(control.calls, 0) << endpoint.path;
  }
}

TEST(ControlAccess, DoesNotWaitForTheBodyOfSomebodyWithoutTheKey) {
  const ControlPlane control(kAdminKey);
  const auto answer = control.ask(
      "POST /v1/config/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_EQ(answer.status(), 401);
}

TEST(ControlAccess, WhatThereIsIsToldToWhoMayAsk) {
  const ControlPlane control(kAdminKey);
  EXPECT_EQ(control.ask(get("/secrets")).status(), 401);
  EXPECT_EQ(control.ask(get("/secrets", kWithAdminKey)).status(), 404);
}

TEST(ControlAccess, WithoutAnAdminKeyOnlyLoopbackNamesAreServed) {
  for (const Endpoint& endpoint : endpoints()) {
    if (endpoint.audience == Audience::kEverybody) continue;
    Guarded control;
    for (const char* host : {"gateway.example", "localhost.example", "127.0.0.1.example:4001",
                             "192.0.2.1", "[2001:db8::1]", "0.0.0.0"}) {
      const auto answer = control.ask(request_for(endpoint, host, ""));
      EXPECT_EQ(answer.status(), 403) << endpoint.path << " " << host;
      EXPECT_EQ(error_of(answer)["code"], "host_not_allowed");
    }
    EXPECT_EQ(control.calls, 0) << endpoint.path;
    for (const char* host : {"localhost", "LOCALHOST:4001", "127.0.0.1:1", "[::1]", "[::1]:4001"}) {
      EXPECT_EQ(control.ask(request_for(endpoint, host, "")).status(), 200)
          << endpoint.path << " " << host;
    }
  }
}

TEST(ControlAccess, WithoutAnAdminKeyARequestHasToNameItsHost) {
  Guarded control;
  EXPECT_EQ(control.ask("POST /v1/config/reload HTTP/1.0\r\n\r\n").status(), 403);
  EXPECT_EQ(control.calls, 0);
}

TEST(ControlAccess, WithoutAnAdminKeyNoPageFromElsewhereMayAct) {
  for (const Endpoint& endpoint : endpoints()) {
    if (endpoint.audience == Audience::kEverybody) continue;
    Guarded control;
    for (const char* origin : {"null", "https://page.example", "http://localhost.example",
                               "localhost", "https://page.example://localhost"}) {
      const std::string field = "Origin: " + std::string(origin) + "\r\n";
      const auto answer = control.ask(request_for(endpoint, "localhost:4001", field));
      EXPECT_EQ(answer.status(), 403) << endpoint.path << " " << origin;
      EXPECT_EQ(error_of(answer)["code"], "origin_not_allowed");
    }
    EXPECT_EQ(control.calls, 0) << endpoint.path;
    for (const char* origin : {"http://localhost:3000", "https://127.0.0.1", "http://[::1]:4001"}) {
      const std::string field = "Origin: " + std::string(origin) + "\r\n";
      EXPECT_EQ(control.ask(request_for(endpoint, "localhost:4001", field)).status(), 200)
          << endpoint.path << " " << origin;
    }
  }
}

TEST(ControlAccess, ABrowserIsNotAllowedToAskAhead) {
  const ControlPlane control(kAdminKey);
  const auto answer = control.ask(
      "OPTIONS /v1/config/reload HTTP/1.1\r\nHost: localhost\r\nOrigin: https://page.example\r\n"
      "Access-Control-Request-Method: POST\r\n"
      "Access-Control-Request-Headers: authorization\r\n\r\n");
  EXPECT_EQ(answer.status(), 401);
  EXPECT_FALSE(answer.has_field("access-control-allow-origin"));
}

}  // namespace
}  // namespace penstock::control::testing
