#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/endpoints.h"
#include "control/fixture.h"

namespace penstock::control::testing {
namespace {

using test::get;
using test::post;
using ::testing::HasSubstr;

constexpr std::size_t kMebibyte = 1 << 20;

std::string chunked(std::string_view path, std::string_view body, std::size_t chunk) {
  std::string request = "POST " + std::string(path) +
                        " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += chunk) {
    const std::string_view piece = body.substr(at, chunk);
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    request.append(size).append(piece).append("\r\n");
  }
  return request + "0\r\n\r\n";
}

/// Remembers what it was asked to check.
struct Checking : ControlPlane {
  Checking() {
    operations.on_check = [this](std::string_view yaml) {
      seen = yaml;
      return config::Diagnostics{};
    };
  }
  std::string seen;
};

TEST(ControlRefusals, AnUnknownPathIsToldWhatThereIs) {
  const ControlPlane control;
  for (const char* path : {"/", "/v1", "/metrics/x", "/Livez", "/v1/chat/completions",
                           "/openapiXyaml", "/v1/config"}) {
    const auto answer = control.ask(get(path));
    EXPECT_EQ(answer.status(), 404) << path;
    const auto error = error_of(answer);
    EXPECT_EQ(error["code"], "unknown_url");
    for (const Endpoint& each : endpoints()) {
      EXPECT_THAT(error["message"].get<std::string>(), HasSubstr(each.path)) << path;
    }
  }
}

TEST(ControlRefusals, AWrongMethodIsToldTheRightOnes) {
  for (const Endpoint& endpoint : endpoints()) {
    const ControlPlane control;
    for (const char* method : {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "BREW"}) {
      const auto answer = control.ask(method + (" " + std::string(endpoint.path)) +
                                      " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      EXPECT_EQ(answer.status(), 405) << method << " " << endpoint.path;
      EXPECT_EQ(answer.field("allow"), endpoint.methods);
      EXPECT_EQ(error_of(answer)["code"], "method_not_supported");
    }
  }
}

TEST(ControlRefusals, ReadingAndActingAreNotMixedUp) {
  ControlPlane control;
  int reloads = 0;
  control.operations.on_reload = [&] { return ++reloads, config::Diagnostics{}; };
  for (const char* method : {"GET", "HEAD"}) {
    const auto answer = control.ask(std::string(method) + get("/v1/config/reload").substr(3));
    EXPECT_EQ(answer.status(), 405) << method;
    EXPECT_EQ(answer.field("allow"), "POST");
  }
  EXPECT_EQ(control.ask(post("/v1/status", "{}")).status(), 405);
  EXPECT_EQ(reloads, 0);
}

TEST(ControlRefusals, HaveTheErrorObjectOfTheClientPort) {
  const ControlPlane control;
  const auto answer = control.ask(get("/v1/config/check"));
  EXPECT_EQ(answer.field("content-type"), "application/json");
  EXPECT_EQ(answer.field("cache-control"), "no-store");
  EXPECT_EQ(answer.field("x-content-type-options"), "nosniff");
  const nlohmann::json expected{
      {"error",
       {{"message", "the method GET is not allowed for /v1/config/check; use POST"},
        {"type", "invalid_request_error"},
        {"param", nullptr},
        {"code", "method_not_supported"},
        {"origin", "gateway"},
        {"request_id", nullptr}}}};
  EXPECT_EQ(json_of(answer), expected);
}

TEST(ControlRefusals, ToHeadHaveNoBody) {
  const ControlPlane control;
  test::RawClient client(control.port());
  ASSERT_TRUE(client.send("HEAD /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  test::Message answer;
  ASSERT_TRUE(client.read_head(answer));
  EXPECT_EQ(answer.status(), 404);
  EXPECT_EQ(client.wait_for_end(), test::Socket::State::kEnd);
}

TEST(ControlLimits, ABodyOfAMebibyteIsTaken) {
  Checking control;
  const std::string yaml(kMebibyte, '#');
  EXPECT_EQ(control.ask(post("/v1/config/check", yaml)).status(), 200);
  EXPECT_EQ(control.seen, yaml);
  EXPECT_EQ(control.ask(chunked("/v1/config/check", yaml, 5000)).status(), 200);
  EXPECT_EQ(control.seen, yaml);
}

TEST(ControlLimits, ALargerBodyIsRefusedBeforeItIsRead) {
  Checking control;
  const auto answer = control.ask(
      "POST /v1/config/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n");
  EXPECT_EQ(answer.status(), 413);
  EXPECT_EQ(error_of(answer)["message"],
            "the body is larger than 1048576 bytes, the most that the control plane takes");
  EXPECT_EQ(control.seen, "");
}

TEST(ControlLimits, ALargerBodyInChunksIsRefusedOnceItIsLarger) {
  Checking control;
  const std::string request = chunked("/v1/config/check", std::string(kMebibyte + 1, '#'), 4096);
  const auto answer = control.ask(request);
  EXPECT_EQ(answer.status(), 413);
  EXPECT_EQ(control.seen, "");
}

TEST(ControlLimits, AChunkIsBelievedNoSizeThatIsTooLarge) {
  const ControlPlane control;
  const auto answer = control.ask(
      "POST /v1/config/check HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
      "ffffffffffffffffff\r\n");
  EXPECT_EQ(answer.status(), 400);
}

TEST(ControlLimits, AHeadHasABound) {
  const ControlPlane control;
  const std::string field = "x-filler: " + std::string(4000, 'x') + "\r\n";
  EXPECT_EQ(control.ask(get("/livez", field + field + field)).status(), 200);
  const auto answer = control.ask(get("/livez", field + field + field + field + field));
  EXPECT_EQ(answer.status(), 431);
  EXPECT_EQ(error_of(answer)["code"], "headers_too_large");
}

TEST(ControlLimits, ThereIsABoundToTheNumberOfFields) {
  const ControlPlane control;
  const auto with = [&](int count) {
    std::string fields;
    for (int i = 0; i < count; ++i) fields += "x: 1\r\n";
    return control.ask(get("/livez", fields)).status();
  };
  EXPECT_EQ(with(63), 200);  // and Host
  EXPECT_EQ(with(64), 431);
}

TEST(ControlLimits, ARangeAsLongAsCanBeIsNoDanger) {
  const ControlPlane control;
  std::string range = "Range: bytes=0-0";
  while (range.size() < 8000) range += ",0-0";
  EXPECT_EQ(control.ask(get("/livez", range + "\r\n")).status(), 200);
}

TEST(ControlLimits, ContentCodingsAreNotUndone) {
  Checking control;
  const std::string_view gzip_of_nothing("\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0", 20);
  const auto request = post("/v1/config/check", gzip_of_nothing, "Content-Encoding: gzip\r\n");
  EXPECT_EQ(control.ask(request).status(), 200);
  EXPECT_EQ(control.seen, gzip_of_nothing);
}

TEST(ControlLimits, AClientThatWantsToHearFirstIsToldToGoOn) {
  Checking control;
  test::RawClient client(control.port());
  const std::string request = post("/v1/config/check", "chain: []", "Expect: 100-continue\r\n");
  ASSERT_TRUE(client.send(request.substr(0, request.size() - 9)));
  EXPECT_EQ(client.read_answer().status(), 100);
  ASSERT_TRUE(client.send("chain: []"));
  EXPECT_EQ(client.read_answer().status(), 200);
  EXPECT_EQ(control.seen, "chain: []");
}

TEST(ControlLimits, AFormIsNoConfiguration) {
  Checking control;
  for (const char* type : {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                           "Application/X-WWW-Form-Urlencoded; charset=utf-8"}) {
    const auto answer = control.ask(
        "POST /v1/config/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
        "Content-Type: " +
        std::string(type) + "\r\n\r\n{}");
    EXPECT_EQ(answer.status(), 415) << type;
    EXPECT_THAT(error_of(answer)["message"].get<std::string>(), HasSubstr("application/yaml"));
  }
  EXPECT_EQ(control.seen, "");
  for (const char* type : {"application/yaml", "text/yaml", "text/plain", "application/json"}) {
    const auto answer = control.ask(
        "POST /v1/config/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
        "Content-Type: " +
        std::string(type) + "\r\n\r\n{}");
    EXPECT_EQ(answer.status(), 200) << type;
  }
}

TEST(ControlRefusals, BytesThatTwoReadersCouldReadDifferentlyAreRefused) {
  const ControlPlane control;
  for (const char* request :
       {"GET /livez HTTP/1.1\r\n\r\n", "GET /livez HTTP/1.1\nHost: localhost\n\n",
        "GET /livez HTTP/1.1\r\nHost : localhost\r\n\r\n",
        "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET //livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /x/../livez HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /v1/config/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/config/check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
        "Content-Length: 2\r\n\r\n{}",
        "\x16\x03\x01\x02garbage\r\n\r\n"}) {
    const auto answer = control.ask(request);
    EXPECT_EQ(answer.status(), 400) << request;
    EXPECT_EQ(error_of(answer)["origin"], "gateway") << request;
  }
}

}  // namespace
}  // namespace penstock::control::testing
