// What a provider may do, and what is made of it.

#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "integration/fixture.h"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Odd {
  const char* name;
  std::string reply;
  int status;
  const char* code;
};

class OddAnswer : public ::testing::TestWithParam<Odd> {};

TEST_P(OddAnswer, IsABadGateway) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(GetParam().reply); });
  const Message answer = setup.chat();
  EXPECT_EQ(answer.status(), GetParam().status);
  EXPECT_EQ(error_of(answer)["code"], GetParam().code);
  EXPECT_THAT(answer.body, Not(HasSubstr("sk-of-the-gateway")));
}

std::string interim(int count) {
  std::string heads;
  for (int i = 0; i < count; ++i) heads += "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  return heads;
}

constexpr const char* kInvalid = "upstream_invalid_response";

INSTANTIATE_TEST_SUITE_P(
    Answers, OddAnswer,
    ::testing::Values(
        Odd{"Redirect",
            "HTTP/1.1 302 Found\r\nLocation: http://169.254.0.1/\r\n"
            "Content-Length: 0\r\n\r\n",
            502, kInvalid},
        Odd{"SwitchingProtocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", 502,
            kInvalid},
        Odd{"TooManyInterim", interim(20) + json_reply(200, kAnswer), 502, kInvalid},
        Odd{"Html", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
            502, kInvalid},
        Odd{"Encoded", json_reply(200, kAnswer, "Content-Encoding: gzip\r\n"), 502, kInvalid},
        Odd{"CutJson", json_reply(200, R"({"id":)"), 502, kInvalid},
        Odd{"RefusesOurKey",
            json_reply(401, R"({"error":{"message":"Incorrect API key sk-of-the-gateway"}})"), 502,
            "upstream_misconfigured"}),
    [](const auto& test) { return test.param.name; });

TEST(Provider, InterimAnswersAreSkipped) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(interim(3) + json_reply(200, kAnswer)); });
  EXPECT_EQ(setup.chat().body, kAnswer);
}

TEST(Provider, ThatIsDownIsABadGateway) {
  std::uint16_t port = 0;
  {
    const ScriptedUpstream gone;
    port = gone.port();
  }
  GatewayProcess gateway(
      "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
      "control: {listen: \"127.0.0.1:0\"}\n"
      "upstreams: {gone: {base_url: \"http://127.0.0.1:" +
      std::to_string(port) +
      "/v1\"}}\n"
      "chain: [log, json_schema]\n");
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const Message answer = fetch(gateway.port(), post(kChat, kHello));
  EXPECT_EQ(answer.status(), 502);
  EXPECT_EQ(error_of(answer)["code"], "upstream_unreachable");
  EXPECT_TRUE(gateway.wait_for_log([](const nlohmann::json& entry) {
    return entry.value("event", "") == "exchange" && entry.value("status", 0) == 502;
  }));
}

TEST(Provider, ItsRetryAfterReachesTheClient) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(json_reply(429,
                      R"({"error":{"message":"slow down","type":"requests","param":null,)"
                      R"("code":"rate_limit_exceeded"}})",
                      "Retry-After: 7\r\nX-Should-Retry: true\r\nX-Request-Id: req_theirs\r\n"));
  });
  const Message answer = setup.chat();
  EXPECT_EQ(answer.status(), 429);
  EXPECT_EQ(answer.field("retry-after"), "7");
  EXPECT_EQ(answer.field("x-should-retry"), "true");
  EXPECT_EQ(answer.field("x-upstream-request-id"), "req_theirs");
  EXPECT_EQ(error_of(answer)["origin"], "provider");
}

TEST(Provider, ItsErrorInAStreamIsToldOnceAndTheStreamDoesNotEndCleanly) {
  Deployment setup;
  const std::string reply =
      sse_reply({delta("one"), R"({"error":{"message":"overloaded","type":"server_error"}})"});
  setup.provider.on_request([reply](auto& c) { c.send(reply); });
  const Message answer = setup.chat(kHelloStream);
  EXPECT_FALSE(answer.complete);
  EXPECT_THAT(answer.body, HasSubstr("overloaded"));
  EXPECT_EQ(answer.body.find("\"error\""), answer.body.rfind("\"error\""));
}

TEST(Provider, ThatEndsWithAFinishReasonButWithoutDoneHasEndedCleanly) {
  Deployment setup;
  const std::string reply = sse_reply({delta("one", R"("stop")")});
  setup.provider.on_request([reply](auto& c) { c.send(reply); });
  const Message answer = setup.chat(kHelloStream);
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body, sse_frame(delta("one", R"("stop")")));
}

TEST(Provider, ThatAnswersAStreamRequestWithJsonIsRelayedAsJson) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  const Message answer = setup.chat(kHelloStream);
  EXPECT_EQ(answer.field("content-type"), "application/json");
  EXPECT_EQ(answer.body, kAnswer);
}

TEST(Provider, KeepsTheUsageChunkForAClientThatAskedForIt) {
  Deployment setup;
  const std::string usage = R"({"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":7}})";
  const std::string reply = sse_reply({delta("hi", R"("stop")"), usage, "[DONE]"});
  setup.provider.on_request([reply](auto& c) { c.send(reply); });
  const Message answer =
      setup.chat(R"({"model":"m","stream":true,"stream_options":{"include_usage":true},)"
                 R"("messages":[{"role":"user","content":"hello"}]})");
  EXPECT_THAT(answer.body, HasSubstr(usage));
}

TEST(Provider, SeesTheEditedHeadersAndTheRealModelOfAnAlias) {
  ScriptedUpstream provider;
  provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  GatewayProcess gateway(
      "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
      "control: {listen: \"127.0.0.1:0\"}\n"
      "upstreams: {p: {base_url: \"" +
      provider.base_url() +
      "\", api_key: passthrough}}\n"
      "models: {fast: {upstream: p, model: real-model}}\n"
      "chain:\n"
      "  - header: {request: {set: {x-team: \"blue-{model}\"}, remove: [x-internal],"
      " rename: {x-old: x-new}}}\n"
      "  - auth: {passthrough: true}\n");
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const std::string body = R"({"model":"fast","messages":[{"role":"user","content":"x"}]})";
  EXPECT_EQ(
      fetch(gateway.port(), post(kChat, body, std::string(kKey) + "X-Internal: 1\r\nX-Old: 2\r\n"))
          .status(),
      200);
  const Message request = provider.requests().at(0);
  EXPECT_EQ(request.field("x-team"), "blue-fast");
  EXPECT_EQ(request.field("x-new"), "2");
  EXPECT_FALSE(request.has_field("x-internal"));
  EXPECT_FALSE(request.has_field("x-old"));
  EXPECT_EQ(request.field("authorization"), "Bearer sk-of-the-client");
  EXPECT_THAT(request.body, HasSubstr(R"("model":"real-model")"));

  const Message unknown = fetch(gateway.port(), post(kChat, kHello, kKey));
  EXPECT_EQ(unknown.status(), 404);
  EXPECT_EQ(error_of(unknown)["code"], "model_not_found");
}

TEST(Limit, TwoHundredAtOnceAreNeverAdmittedBeyondIt) {
  ScriptedUpstream provider;
  provider.on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  // Each request holds its bytes by four and its cap: 26 + 74 of 1,000, and uses 10.
  const std::string body =
      R"({"model":"m","max_tokens":74,"messages":[{"role":"user","content":"0123456789012345678"}]})";
  const std::uint64_t held = (body.size() + 3) / 4 + 74;
  GatewayProcess gateway(
      "server: {listen: \"127.0.0.1:0\", threads: 2}\n"
      "control: {listen: \"127.0.0.1:0\"}\n"
      "upstreams: {p: {base_url: \"" +
      provider.base_url() +
      "\"}}\n"
      "chain:\n"
      "  - auth: {keys: [{name: tester, key: sk-of-the-client}]}\n"
      "  - token_limit: {limits: [{per: key, tokens: 1000, every: 24h}]}\n");
  ASSERT_TRUE(gateway.started()) << gateway.errors();

  // All wait at the provider, so what is held is never given back while others ask.
  std::atomic<int> admitted = 0;
  std::atomic<int> refused = 0;
  provider.on_every_request([](auto& c) {
    if (c.stall()) c.send(json_reply(200, kAnswer));
  });
  std::vector<std::thread> clients;
  for (int i = 0; i < 200; ++i) {
    clients.emplace_back([&] {
      const Message answer = fetch(gateway.port(), post(kChat, body, kKey));
      if (answer.status() == 200) ++admitted;
      if (answer.status() == 429) {
        ++refused;
        EXPECT_TRUE(answer.has_field("retry-after"));
        EXPECT_EQ(answer.field("x-ratelimit-limit-tokens"), "1000");
      }
      if (admitted + refused + static_cast<int>(1000 / held) >= 200) provider.release();
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(admitted, static_cast<int>(1000 / held));
  EXPECT_EQ(refused, 200 - admitted);
  EXPECT_EQ(provider.requests().size(), static_cast<std::size_t>(admitted));
}

}  // namespace
}  // namespace penstock::test
