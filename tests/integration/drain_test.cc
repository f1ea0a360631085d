// SIGTERM and what comes after.

#include <csignal>

#include <gmock/gmock.h>

#include "integration/fixture.h"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;

std::string yaml(const std::string& timeouts, const std::string& pace = "60s") {
  return "server: {listen: \"127.0.0.1:0\", threads: 1, timeouts: {" + timeouts +
         "}}\n"
         "control: {listen: \"127.0.0.1:0\"}\n"
         "upstreams: {demo: {kind: demo, pace: " +
         pace + "}}\nchain: [log]\n";
}

TEST(Drain, LetsAStreamEndAndSaysThatNothingWasCut) {
  ScriptedUpstream provider;
  HeldStream held(provider);
  GatewayProcess gateway(config(provider));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  OpenStream stream(gateway, kKey);

  gateway.signal(SIGTERM);
  ASSERT_TRUE(gateway.wait_for_error_text("draining"));
  held.release();

  stream.read_to_end();
  EXPECT_THAT(stream.answer.body, HasSubstr("[DONE]"));
  EXPECT_TRUE(stream.answer.complete);
  EXPECT_EQ(gateway.wait_for_exit(), 0);
  EXPECT_TRUE(gateway.wait_for_log([](const nlohmann::json& line) {
    return line.value("message", "") == "stopped" && line.at("exchanges_cut") == 0;
  }));
}

TEST(Drain, TurnsReadyzRedFirstAndStillServesForTheLameDuckTime) {
  GatewayProcess gateway(yaml("lame_duck: 1h", "0s"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  RawClient kept(gateway.port());
  kept.send(get("/readyz"));
  EXPECT_EQ(kept.read_answer().status(), 200);
  EXPECT_EQ(fetch(gateway.control_port(), get("/readyz")).status(), 200);

  gateway.signal(SIGTERM);
  ASSERT_TRUE(gateway.wait_for_error_text("draining"));

  const Message control = fetch(gateway.control_port(), get("/readyz"));
  EXPECT_EQ(control.status(), 503);
  EXPECT_THAT(control.body, HasSubstr("draining"));
  EXPECT_EQ(fetch(gateway.control_port(), get("/livez")).status(), 200);
  EXPECT_TRUE(
      eventually([&gateway] { return fetch(gateway.port(), get("/readyz")).status() == 503; }));
  const Message answer = fetch(gateway.port(), post(kChat, kHello));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.field("connection"), "close");
  kept.send(post(kChat, kHello));
  EXPECT_EQ(kept.read_answer().field("connection"), "close");
}

TEST(Drain, ThatTakesTooLongIsCutAndTheClientIsTold) {
  GatewayProcess gateway(yaml("drain: 100ms"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  OpenStream stream(gateway);
  gateway.signal(SIGTERM);
  stream.read_to_end();
  EXPECT_FALSE(stream.answer.complete);
  EXPECT_THAT(stream.answer.body, HasSubstr("shutting down"));
  EXPECT_EQ(gateway.wait_for_exit(), 1);
  EXPECT_THAT(gateway.errors(), HasSubstr("stopped; 1 running exchange was cut"));
  EXPECT_TRUE(gateway.wait_for_log([](const nlohmann::json& line) {
    return line.value("message", "") == "stopped" && line.at("exchanges_cut") == 1;
  }));
}

TEST(Drain, EndsAtOnceByASecondSignalAndSaysWhatWasCut) {
  GatewayProcess gateway(yaml("drain: 1h"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  OpenStream first(gateway);
  OpenStream second(gateway);
  gateway.signal(SIGTERM);
  ASSERT_TRUE(gateway.wait_for_error_text("draining"));
  gateway.signal(SIGTERM);
  EXPECT_EQ(gateway.wait_for_exit(), 1);
  EXPECT_THAT(gateway.errors(), HasSubstr("2 running exchanges were cut"));
  EXPECT_TRUE(gateway.wait_for_log([](const nlohmann::json& line) {
    return line.value("message", "").starts_with("ended at once") && line.at("exchanges_cut") == 2;
  }));
}

TEST(Drain, OfAnIdleGatewayIsOverAtOnce) {
  GatewayProcess gateway(yaml("drain: 1h"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  RawClient idle(gateway.port());
  idle.send(get("/livez"));
  EXPECT_EQ(idle.read_answer().status(), 200);
  EXPECT_EQ(gateway.stop(), 0);
}

}  // namespace
}  // namespace penstock::test
