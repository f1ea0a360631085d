#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/fixture.h"

namespace penstock::control::testing {
namespace {

using test::get;
using test::post;
using ::testing::HasSubstr;

std::string head(std::string_view path) {
  return "HEAD" + get(path).substr(3);
}

TEST(ControlAnswers, IsAliveWhateverTheGatewayDoes) {
  ControlPlane control;
  control.operations.on_not_ready = [] { return std::vector<std::string>{"draining"}; };
  const auto answer = control.ask(get("/livez"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
}

TEST(ControlAnswers, IsReadyWhenNothingSpeaksAgainstIt) {
  const ControlPlane control;
  const auto answer = control.ask(get("/readyz"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
}

TEST(ControlAnswers, NamesWhatIsNotReady) {
  ControlPlane control;
  control.operations.on_not_ready = [] {
    return std::vector<std::string>{"draining", "the configuration is being loaded"};
  };
  const auto answer = control.ask(get("/readyz"));
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(answer.body,
            R"({"status":"not_ready","reasons":["draining","the configuration is being loaded"]})");
}

TEST(ControlAnswers, GivesTheMetricsInTheFormatOfPrometheus) {
  const ControlPlane control;
  const auto answer = control.ask(get("/metrics"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.field("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(answer.body, "penstock_streams_active 3\n");
}

TEST(ControlAnswers, GivesTheMetricsUncompressedAndWholeWhateverIsAskedFor) {
  ControlPlane control;
  control.operations.on_metrics = [] { return std::string(200'000, 'x'); };
  const auto answer =
      control.ask(get("/metrics", "Accept-Encoding: gzip, br\r\nRange: bytes=0-3,5-9\r\n"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_FALSE(answer.has_field("content-encoding"));
  EXPECT_EQ(answer.body, std::string(200'000, 'x'));
}

TEST(ControlAnswers, GivesItsOwnDescription) {
  const ControlPlane control;
  const auto answer = control.ask(get("/openapi.yaml"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.field("content-type"), "application/yaml");
  EXPECT_THAT(answer.body, ::testing::StartsWith("openapi: 3.1.0\n"));
}

TEST(ControlAnswers, GivesTheStatusAsItIsEvenWithBytesThatAreNoText) {
  ControlPlane control;
  control.operations.on_status = [] {
    return nlohmann::json{{"state", "ready"}, {"origin", "a\xff"}};
  };
  const auto answer = control.ask(get("/v1/status"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.field("content-type"), "application/json");
  EXPECT_EQ(json_of(answer), (nlohmann::json{{"state", "ready"}, {"origin", "a\uFFFD"}}));
}

TEST(ControlAnswers, GivesTheLimitsAsTheyAre) {
  ControlPlane control;
  control.operations.on_limits = [] { return nlohmann::json{{"limits", {{{"name", "a"}}}}}; };
  const auto answer = control.ask(get("/v1/limits"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body, R"({"limits":[{"name":"a"}]})");
}

TEST(ControlAnswers, ChecksTheTextThatItIsSent) {
  ControlPlane control;
  std::string seen;
  control.operations.on_check = [&](std::string_view yaml) {
    seen = yaml;
    return misspelt_key();
  };
  const auto answer = control.ask(post("/v1/config/check", "server:\n  lisen: x\n"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(seen, "server:\n  lisen: x\n");
  EXPECT_EQ(answer.body, config::to_json(misspelt_key()));
}

TEST(ControlAnswers, ReportsAReloadThatWorked) {
  ControlPlane control;
  int reloads = 0;
  control.operations.on_reload = [&] {
    ++reloads;
    return config::Diagnostics{};
  };
  const auto answer = control.ask(post("/v1/config/reload", ""));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body, R"({"valid":true,"errors":[]})");
  EXPECT_EQ(reloads, 1);
}

TEST(ControlAnswers, ReportsAReloadThatDidNot) {
  ControlPlane control;
  control.operations.on_reload = [] { return misspelt_key(); };
  const auto answer = control.ask(post("/v1/config/reload", ""));
  EXPECT_EQ(answer.status(), 422);
  EXPECT_EQ(answer.field("content-type"), "application/json");
  EXPECT_EQ(answer.body, config::to_json(misspelt_key()));
}

TEST(ControlAnswers, ReloadsAtOnceWhenThePostHasNoBodyAndNoLength) {
  const ControlPlane control;
  const auto answer =
      control.ask("POST /v1/config/reload HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl\r\n\r\n");
  EXPECT_EQ(answer.status(), 200);
}

class ControlReads : public ::testing::TestWithParam<const char*> {};

TEST_P(ControlReads, AnswerHeadWithTheSameHeadersAndNoBody) {
  const ControlPlane control;
  const auto whole = control.ask(get(GetParam()));
  test::RawClient client(control.port());
  ASSERT_TRUE(client.send(head(GetParam())));
  test::Message answer;
  ASSERT_TRUE(client.read_head(answer));
  EXPECT_EQ(answer.head, whole.head);
  EXPECT_EQ(answer.field("content-length"), std::to_string(whole.body.size()));
  EXPECT_EQ(client.wait_for_end(), test::Socket::State::kEnd);
}

TEST_P(ControlReads, IgnoreAQuery) {
  const ControlPlane control;
  EXPECT_EQ(control.ask(get(std::string(GetParam()) + "?verbose=1")).status(), 200);
}

TEST_P(ControlReads, AreNotToBeKeptOrGuessedAt) {
  const ControlPlane control;
  const auto answer = control.ask(get(GetParam()));
  EXPECT_EQ(answer.field("cache-control"), "no-store");
  EXPECT_EQ(answer.field("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.field("connection"), "close");
}

INSTANTIATE_TEST_SUITE_P(All, ControlReads,
                         ::testing::Values("/livez", "/readyz", "/metrics", "/openapi.yaml",
                                           "/v1/status"));

}  // namespace
}  // namespace penstock::control::testing
