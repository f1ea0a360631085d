// Limits as clients meet them: the whole program, real connections, several gateways.

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "integration/faults.h"
#include "support/redis_server.h"

namespace penstock::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// A gateway whose only layer limits. `options`: of token_limit.
std::string limited(const std::string& options, const std::string& upstream) {
  return "server: {listen: \"127.0.0.1:0\", threads: 2}\n"
         "control: {listen: \"127.0.0.1:0\"}\n"
         "upstreams: {provider: " +
         upstream +
         "}\nmodels: {\"*\": {upstream: provider}}\nchain:\n  - log\n  - token_limit: {" + options +
         "}\n";
}

std::string limited(const std::string& options, const ScriptedUpstream& provider) {
  return limited(options,
                 "{base_url: \"" + provider.base_url() + "\", api_key: sk-of-the-gateway}");
}

constexpr const char* kDemo = "{kind: demo, pace: 0s}";

int ask(const GatewayProcess& gateway) {
  return fetch(gateway.port(), post(kChat, kHello)).status();
}

nlohmann::json meter_of(const GatewayProcess& gateway) {
  const auto answer = fetch(gateway.control_port(), get("/v1/limits"));
  const auto report = nlohmann::json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  const auto& meters = report["limits"][0]["meters"];
  return meters.empty() ? nlohmann::json::object() : meters[0];
}

TEST(LimitQueue, LetsARequestWaitForASlot) {
  ScriptedUpstream provider;
  provider.on_request([](auto& c) {
    if (c.stall()) c.send(json_reply(200, kAnswer));
  });
  provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  GatewayProcess gateway(
      limited("queue: {max_wait: 60s}, limits: [{per: global, concurrency: 1}]", provider));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  std::thread first([&] { EXPECT_EQ(ask(gateway), 200); });
  ASSERT_TRUE(provider.wait_for_requests(1));
  std::thread second([&] { EXPECT_EQ(ask(gateway), 200); });
  EXPECT_TRUE(eventually([&] { return metric(gateway, "penstock_limit_queue_length") == 1; }));
  EXPECT_EQ(provider.requests().size(), 1U);
  provider.release();
  first.join();
  second.join();
  EXPECT_EQ(metric(gateway, "penstock_limit_queue_length"), 0);
}

TEST(LimitQueue, ForgetsAClientThatLeaves) {
  ScriptedUpstream provider;
  provider.on_request([](auto& c) {
    if (c.stall()) c.send(json_reply(200, kAnswer));
  });
  GatewayProcess gateway(
      limited("queue: {max_wait: 60s}, limits: [{per: global, concurrency: 1}]", provider));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  std::thread first([&] { EXPECT_EQ(ask(gateway), 200); });
  ASSERT_TRUE(provider.wait_for_requests(1));
  auto client = std::make_unique<RawClient>(gateway.port());
  client->send(post(kChat, kHello));
  EXPECT_TRUE(eventually([&] { return metric(gateway, "penstock_limit_queue_length") == 1; }));
  client.reset();
  EXPECT_TRUE(eventually([&] { return metric(gateway, "penstock_limit_queue_length") == 0; }));
  EXPECT_TRUE(gateway.wait_for_log([](const auto& entry) {
    return entry.value("event", "") == "exchange" && entry.value("status", 0) == 499;
  }));
  provider.release();
  first.join();
  EXPECT_EQ(provider.requests().size(), 1U);
}

TEST(StreamLimit, CutsAStreamWithTheReasonLengthAndAnError) {
  ScriptedUpstream provider;
  provider.on_request([](auto& c) {
    std::string events = sse_head();
    for (int i = 0; i < 120; ++i) events += chunk(sse_frame(delta("word")));
    c.send(events);
    c.wait_for_client_close();
  });
  GatewayProcess gateway(limited(
      "limits: [{per: global, output_tokens: 100, every: 1h, on_exhausted: cut}]", provider));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const Message answer =
      fetch(gateway.port(), post(kChat, R"({"model":"gpt-4o","stream":true,"max_tokens":50,)"
                                        R"("messages":[{"role":"user","content":"hello"}]})"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("finish_reason":"length"}]})"));
  EXPECT_THAT(answer.body, HasSubstr("the answer was cut, since this gateway has nothing left of "
                                     "the limit 100 output tokens per 1h"));
  EXPECT_TRUE(provider.wait_for_client_closes(1));
  const auto record = gateway.wait_for_log(
      [](const auto& entry) { return entry.value("event", "") == "exchange"; });
  ASSERT_TRUE(record);
  EXPECT_EQ(record->value("usage", ""), "counted");
  // What had come is charged, word for word.
  const auto& charged = record->at("output_tokens");
  EXPECT_TRUE(eventually([&] { return meter_of(gateway).value("used", 0) == charged; }))
      << meter_of(gateway);
}

/// Four gateways that share what a server keeps.
class FourGateways : public ::testing::Test {
 protected:
  void start(const std::string& limits, const std::string& more = {}) {
    for (int i = 0; i < 4; ++i) {
      gateways_.push_back(std::make_unique<GatewayProcess>(
          limited("store: {url: \"valkey://127.0.0.1:" + std::to_string(server_.port()) + "\"" +
                      more + "}, limits: [" + limits + "]",
                  kDemo)));
      ASSERT_TRUE(gateways_.back()->started()) << gateways_.back()->errors();
    }
  }
  /// How many of so many requests to each gateway at once are answered with that status.
  int count(int each, int status) {
    std::atomic<int> found = 0;
    std::vector<std::thread> clients;
    for (const auto& gateway : gateways_) {
      clients.emplace_back([&] {
        for (int i = 0; i < each; ++i) found += ask(*gateway) == status ? 1 : 0;
      });
    }
    for (std::thread& client : clients) client.join();
    return found;
  }

  RedisServer server_;
  std::vector<std::unique_ptr<GatewayProcess>> gateways_;
};

TEST_F(FourGateways, AdmitTogetherWhatTheLimitGrantsAndNotOneMore) {
  start("{per: global, requests: 50, every: 366d}", ", lease: false");
  EXPECT_EQ(count(40, 200), 50);
}

TEST_F(FourGateways, AdmitNoMoreWhenOneIsKilled) {
  start("{per: global, requests: 60, every: 366d}", ", lease: false");
  int admitted = count(5, 200);
  gateways_.back()->signal(SIGKILL);
  gateways_.back()->wait_for_exit();
  gateways_.pop_back();
  admitted += count(40, 200);
  EXPECT_EQ(admitted, 60);
}

TEST_F(FourGateways, DoAsEachLimitSaysWhileTheStoreStandsStill) {
  start("{per: global, requests: 1k, every: 366d, on_store_failure: closed}", ", timeout: 20ms");
  EXPECT_EQ(count(2, 200), 8);
  server_.freeze();
  EXPECT_EQ(count(3, 503), 12);
  server_.thaw();
  EXPECT_TRUE(eventually([&] { return count(1, 200) == 4; }));
}

TEST_F(FourGateways, TellTheStoreLaterWhatWasUsedWithoutIt) {
  start("{per: global, requests: 1k, every: 366d, on_store_failure: open}", ", timeout: 20ms");
  EXPECT_EQ(count(1, 200), 4);
  server_.freeze();
  EXPECT_EQ(count(5, 200), 20);
  server_.thaw();
  EXPECT_TRUE(eventually([&] { return meter_of(*gateways_.front()).value("used", 0) == 24; }))
      << meter_of(*gateways_.front());
}

/// A stream whose every event says that letter, a thousand times.
void stream_of(UpstreamConnection& provider, char letter) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text.append(1, letter).append(" ");
  const std::string event =
      R"(data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":")" +
      text + "\"}}]}\n\n";
  provider.send("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n");
  for (int i = 0; i < 100; ++i) provider.send(event);
  provider.send("data: [DONE]\n\n");
}

// All fibers of an event loop read into the same room, and one that asks the store for more waits.
TEST(SharedLimit, GivesEachStreamItsOwnBytesWhileItAsksForMore) {
  const RedisServer server;
  ScriptedUpstream provider;
  provider.on_every_request([](auto& c) {
    const std::string& body = c.request().body;
    stream_of(c, body.at(body.find("letter ") + 7));
  });
  GatewayProcess gateway(
      "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
      "upstreams: {provider: {base_url: \"" +
      provider.base_url() +
      "\", api_key: k}}\n"
      "models: {\"*\": {upstream: provider}}\n"
      "chain: [{token_limit: {store: {url: \"valkey://127.0.0.1:" +
      std::to_string(server.port()) +
      "\", lease: false}, limits: [{per: global, tokens: 100M, every: 1h}]}}]\n");
  ASSERT_TRUE(gateway.started()) << gateway.errors();

  std::vector<std::thread> clients;
  std::array<std::string, 8> strange;
  std::array<std::size_t, 8> own{};
  for (std::size_t i = 0; i < own.size(); ++i) {
    clients.emplace_back([&, i] {
      const char letter = static_cast<char>('A' + i);
      const Message answer = fetch(
          gateway.port(), post(kChat, R"({"model":"m","stream":true,"max_tokens":1,"messages":[)"
                                      R"({"role":"user","content":"letter )" +
                                          std::string(1, letter) + R"("}]})"));
      for (std::size_t at = 1; at + 1 < answer.body.size(); ++at) {
        const char c = answer.body[at];
        if (c < 'A' || c > 'H' || answer.body[at + 1] != ' ') continue;
        if (c == letter) {
          ++own[i];
        } else {
          strange[i] += c;
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  for (std::size_t i = 0; i < own.size(); ++i) {
    EXPECT_EQ(own[i], 100'000u) << i;
    EXPECT_EQ(strange[i].substr(0, 20), "") << i;
  }
}

}  // namespace
}  // namespace penstock::test
