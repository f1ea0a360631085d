#include "server/browser_policy.h"

#include <gtest/gtest.h>

namespace penstock::server {
namespace {

http::RequestHead request(std::string host, const char* origin = nullptr) {
  http::RequestHead head;
  head.method = "POST";
  head.host = std::move(host);
  if (origin != nullptr) head.headers.add("origin", origin);
  return head;
}

const BrowserPolicy kWithAuth({.authenticates = true, .loopback_only = true, .origins = {}});
const BrowserPolicy kOpenLoopback({.authenticates = false, .loopback_only = true, .origins = {}});
const BrowserPolicy kOpenToAll({.authenticates = false, .loopback_only = false, .origins = {}});

TEST(BrowserPolicy, WithAuthAnyOriginAndAnyHostMayCall) {
  EXPECT_TRUE(kWithAuth.admit(request("gateway.example", "https://app.example")));
  EXPECT_TRUE(kWithAuth.admit(request("gateway.example", "null")));
}

TEST(BrowserPolicy, WithoutAuthOnlyLoopbackOriginsMayCall) {
  for (const char* origin : {"http://localhost:3000", "http://127.0.0.1", "https://[::1]:8443"}) {
    EXPECT_TRUE(kOpenLoopback.admit(request("127.0.0.1:4000", origin))) << origin;
  }
  for (const char* origin : {"https://app.example", "null", "http://localhost.evil.example",
                             "http://127.0.0.1.evil.example", "localhost"}) {
    const auto admitted = kOpenLoopback.admit(request("127.0.0.1:4000", origin));
    ASSERT_FALSE(admitted) << origin;
    EXPECT_EQ(admitted.error().kind, ErrorKind::kForbidden);
    EXPECT_EQ(admitted.error().code, "origin_not_allowed");
  }
}

TEST(BrowserPolicy, WithoutAuthANameThatWasReboundToLoopbackIsRefused) {
  const auto admitted = kOpenLoopback.admit(request("evil.example:4000"));
  ASSERT_FALSE(admitted);
  EXPECT_EQ(admitted.error().code, "host_not_allowed");
  for (const char* host : {"localhost:4000", "127.0.0.1:4000", "[::1]:4000", "LOCALHOST"}) {
    EXPECT_TRUE(kOpenLoopback.admit(request(host))) << host;
  }
}

TEST(BrowserPolicy, AGatewayThatServesOthersWithoutAuthTakesAnyHostButNoForeignOrigin) {
  EXPECT_TRUE(kOpenToAll.admit(request("gateway.internal:4000")));
  EXPECT_FALSE(kOpenToAll.admit(request("gateway.internal:4000", "https://app.example")));
}

TEST(BrowserPolicy, TheListOfOriginsReplacesTheDefault) {
  const BrowserPolicy narrow(
      {.authenticates = true, .loopback_only = false, .origins = {{"https://app.example"}}});
  EXPECT_TRUE(narrow.admit(request("g", "https://app.example")));
  EXPECT_FALSE(narrow.admit(request("g", "https://other.example")));
  EXPECT_FALSE(narrow.admit(request("g", "http://localhost")));
  EXPECT_TRUE(narrow.admit(request("g")));
  const BrowserPolicy wide({.authenticates = false, .loopback_only = true, .origins = {{"*"}}});
  EXPECT_TRUE(wide.admit(request("localhost", "https://other.example")));
}

TEST(BrowserPolicy, APreflightEchoesWhatIsAskedFor) {
  http::RequestHead head = request("localhost", "https://app.example");
  head.method = "OPTIONS";
  EXPECT_FALSE(BrowserPolicy::is_preflight(head));
  head.headers.add("access-control-request-method", "POST");
  head.headers.add("access-control-request-headers", "authorization, x-stainless-os");
  ASSERT_TRUE(BrowserPolicy::is_preflight(head));
  const Headers answer = kWithAuth.preflight_headers(head);
  EXPECT_EQ(answer.get("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(answer.get("access-control-allow-headers"), "authorization, x-stainless-os");
  EXPECT_NE(answer.get("access-control-allow-methods")->find("POST"), std::string_view::npos);
  EXPECT_EQ(answer.get("vary"), "origin");
  EXPECT_FALSE(answer.get("access-control-allow-credentials"));
}

TEST(BrowserPolicy, AnAnswerNamesTheHeadersThatAPageMayRead) {
  Headers answer;
  kWithAuth.allow_reading("https://app.example", answer);
  EXPECT_NE(answer.get("access-control-expose-headers")->find("x-request-id"),
            std::string_view::npos);
  Headers untouched;
  kWithAuth.allow_reading("", untouched);
  EXPECT_TRUE(untouched.empty());
}

}  // namespace
}  // namespace penstock::server
