#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "support/gateway_process.h"
#include "support/http_client.h"
#include "support/scripted_upstream.h"

namespace penstock::test {

inline constexpr std::string_view kChat = "/v1/chat/completions";
inline constexpr std::string_view kKey = "Authorization: Bearer sk-of-the-client\r\n";
inline constexpr std::string_view kHello =
    R"({"model":"m","messages":[{"role":"user","content":"hello"}]})";
inline constexpr std::string_view kHelloStream =
    R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hello"}]})";
inline constexpr std::string_view kAnswer =
    R"({"id":"chatcmpl-1","object":"chat.completion","created":1750000000,"model":"m",)"
    R"("choices":[{"index":0,"message":{"role":"assistant","content":"hi"},)"
    R"("finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}})";

/// The data of a chunk of a stream.
inline std::string delta(std::string_view content, std::string_view finish_reason = "null") {
  return R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":1750000000,"model":"m",)"
         R"("choices":[{"index":0,"delta":{"content":")" +
         std::string(content) + R"("},"finish_reason":)" + std::string(finish_reason) + "}]}";
}

/// A configuration with the whole chain in front of one upstream. `upstream`: its further settings,
/// one a line; `server`: those of the server; `limit`: how many tokens there are.
inline std::string config(const ScriptedUpstream& provider, const std::string& upstream = {},
                          const std::string& server = {},
                          const std::string& limit = "tokens: 1M, every: 1h") {
  return "server: {listen: \"127.0.0.1:0\", threads: 1" + server +
         "}\n"
         "control: {listen: \"127.0.0.1:0\"}\n"
         "upstreams: {provider: {base_url: \"" +
         provider.base_url() + "\", api_key: sk-of-the-gateway" + upstream +
         "}}\n"
         "models: {\"*\": {upstream: provider}}\n"
         "chain:\n"
         "  - header: {response: {set: {x-served-by: penstock}}}\n"
         "  - log: {records: [exchange]}\n"
         "  - auth: {keys: [{name: tester, key: sk-of-the-client}]}\n"
         "  - json_schema: {request: builtin}\n"
         "  - token_limit: {limits: [{per: key, " +
         limit + "}]}\n";
}

/// A provider with a gateway in front of it.
struct Deployment {
  explicit Deployment(const std::string& upstream = {}, const std::string& server = {},
                      const std::string& limit = "tokens: 1M, every: 1h")
      : gateway(config(provider, upstream, server, limit)) {
    EXPECT_TRUE(gateway.started()) << gateway.errors();
  }

  /// One chat on a connection of its own.
  Message chat(std::string_view body = kHello) const {
    return fetch(gateway.port(), post(kChat, body, kKey));
  }
  /// The record of the one exchange with that outcome.
  nlohmann::json record(const std::string& outcome) const {
    const auto line = gateway.wait_for_log([&outcome](const nlohmann::json& entry) {
      return entry.value("event", "") == "exchange" && entry.value("outcome", "") == outcome;
    });
    EXPECT_TRUE(line) << "no exchange with the outcome " << outcome;
    return line.value_or(nlohmann::json::object());
  }

  ScriptedUpstream provider;
  GatewayProcess gateway;
};

/// The provider's next answer: a stream that stops in the middle until the test lets it go on.
class HeldStream {
 public:
  explicit HeldStream(ScriptedUpstream& provider) {
    provider.on_request([go_on = release_.get_future().share()](auto& c) {
      c.send(sse_head() + chunk(sse_frame(delta("one"))));
      go_on.wait();
      c.send(chunk(sse_frame(delta("two", "\"stop\""))) + chunk(sse_frame("[DONE]")) +
             std::string(kLastChunk));
    });
  }
  void release() { release_.set_value(); }

 private:
  std::promise<void> release_;
};

/// A client whose stream has begun.
struct OpenStream {
  explicit OpenStream(const GatewayProcess& gateway, std::string_view fields = {})
      : client(gateway.port()) {
    client.send(post(kChat, kHelloStream, fields));
    EXPECT_TRUE(client.read_head(answer));
  }
  void read_to_end() {
    while (client.read_piece(answer)) {
    }
  }
  RawClient client;
  Message answer;
};

/// Asks again and again until it holds; false: not within kPatience. `holds` talks to the gateway
/// or yields, so that others get on.
inline bool eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
  }
  return true;
}

/// The member `error` of an error answer.
inline nlohmann::json error_of(const Message& answer) {
  const auto body = nlohmann::json::parse(answer.body, nullptr, /*allow_exceptions=*/false);
  return body.is_object() ? body.value("error", nlohmann::json::object())
                          : nlohmann::json::object();
}

}  // namespace penstock::test
