// Hostile and odd answers of an upstream against the whole program: each whole, one byte a write,
// and cut at random places. A table says what the client must see of it, see tests/data/README.md.

#include <array>
#include <future>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/case_file.h"
#include "integration/fixture.h"

namespace penstock::test {
namespace {

using nlohmann::json;

enum class Way { kWhole, kBytes, kCut };

std::string lab_config(const ScriptedUpstream& provider) {
  return "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
         "control: {listen: \"127.0.0.1:0\"}\n"
         "upstreams: {provider: {base_url: \"" +
         provider.base_url() +
         "\", api_key: sk-of-the-gateway, limits: {max_response: 32KiB}}}\n"
         "models: {\"*\": {upstream: provider}}\n"
         "chain:\n"
         "  - header: {response: {set: {x-served-by: penstock}}}\n"
         "  - log: {records: [exchange]}\n"
         "  - auth: {keys: [{name: tester, key: sk-of-the-client}]}\n"
         "  - json_schema: {request: builtin}\n"
         "  - token_limit: {limits: [{per: key, tokens: 100M, every: 1h}]}\n";
}

/// The request that a case answers.
std::string request_of(const json& entry) {
  const std::string kind = entry.value("request", "chat");
  if (kind == "stream") return post(kChat, kHelloStream, kKey);
  const std::string fields = std::string(kKey) + "X-Odd: 1\r\n";
  if (kind == "file") return get("/v1/files/f/content", fields);
  if (kind == "head") return "HEAD" + get("/v1/files/f/content", fields).substr(3);
  return post(kChat, kHello, kKey);
}

/// A gateway, and a provider that gives the case's bytes to the next request.
class AnswerLab {
 public:
  AnswerLab() : gateway_(lab_config(provider_)) {
    EXPECT_TRUE(gateway_.started()) << gateway_.errors();
  }

  /// What the client got of it. Returns when the provider has said all.
  Message ask(const json& entry, Way way) {
    const auto said = std::make_shared<Said>();  // outlives this call in the script's last steps
    provider_.on_every_request([this, said, way, raw = bytes_of(entry),
                                end = entry.value("end", "keep")](UpstreamConnection& c) {
      send(c, raw, way);
      if (end == "close") c.close();
      if (end == "reset") c.reset();
      std::call_once(said->once, [&said] { said->all.set_value(); });
    });
    RawClient client(gateway_.port());
    client.send(request_of(entry));
    Message answer;
    if (client.read_head(answer) && entry.value("request", "chat") != "head") {
      read_body(client, answer);
    }
    EXPECT_EQ(said->all.get_future().wait_for(kPatience), std::future_status::ready);
    provider_.on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
    return answer;
  }

  /// Is a plain request answered, and was the connection of the one before good enough for it?
  void expect_next_works(const json& reuse) {
    const std::size_t before = provider_.connections();
    const Message answer = fetch(gateway_.port(), post(kChat, kHello, kKey));
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.body, kAnswer);
    if (reuse.is_string()) return;  // depends on how much had come when the verdict was clear
    EXPECT_EQ(provider_.connections() - before, reuse == true ? 0U : 1U) << "new connections";
  }

 private:
  struct Said {
    std::once_flag once;  // a request that got nothing on a used connection is sent again
    std::promise<void> all;
  };

  void send(UpstreamConnection& c, std::string_view raw, Way way) {
    constexpr std::size_t kMostWrites = 4096;
    if (way == Way::kWhole) {
      c.send(raw);
    } else if (way == Way::kBytes && raw.size() <= kMostWrites) {
      c.send_byte_by_byte(raw);
    } else {
      while (!raw.empty()) {
        const std::string_view piece = raw.substr(0, 1 + random_() % (raw.size() / 2 + 1));
        if (!c.send(piece)) return;
        raw.remove_prefix(piece.size());
      }
    }
  }

  /// Who was told by an event that the stream is cut has nothing to wait for and hangs up.
  static void read_body(RawClient& client, Message& answer) {
    bool told = false;
    while (client.read_piece(answer)) {
      const bool cut = answer.body.find(R"("origin":"gateway")") != std::string::npos;
      if (cut && !std::exchange(told, true)) client.half_close();
    }
  }

  std::mt19937 random_{9112};
  ScriptedUpstream provider_;
  GatewayProcess gateway_;
};

void expect_relayed(const json& entry, const Message& answer) {
  EXPECT_EQ(answer.status(), entry.value("status", 200));
  if (entry.value("request", "chat") == "head") return;
  EXPECT_TRUE(answer.complete);
  if (entry.value("error", false)) {
    EXPECT_EQ(error_of(answer)["origin"], "provider") << answer.body;
  } else {
    EXPECT_EQ(answer.body, entry.contains("body") ? bytes_of(entry, "body") : std::string(kAnswer));
  }
}

void expect_bad_gateway(const json& entry, const Message& answer) {
  EXPECT_EQ(answer.status(), 502) << answer.body;
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(error_of(answer)["origin"], "gateway");
  EXPECT_EQ(error_of(answer)["code"], entry.value("code", "upstream_invalid_response"));
  EXPECT_EQ(answer.body.find("POISON"), std::string::npos);
}

void expect_cut(const json& entry, const Message& answer) {
  const std::string before = bytes_of(entry, "body");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_FALSE(answer.complete) << "the last chunk was sent";
  EXPECT_EQ(answer.body.find("[DONE]"), std::string::npos);
  EXPECT_EQ(answer.body.substr(0, before.size()), before);
  const std::string rest = answer.body.substr(std::min(before.size(), answer.body.size()));
  const bool told_before = entry.value("told", false);  // the provider told it
  if (entry.value("request", "chat") == "stream" && !told_before) {
    EXPECT_TRUE(rest.starts_with(R"(data: {"error":{)") && rest.ends_with("}}\n\n")) << rest;
  } else {
    EXPECT_EQ(rest, "");
  }
}

class Answers : public testing::TestWithParam<Way> {};

TEST_P(Answers, OfAnUpstreamReachTheClientAsTheTableSays) {
  const auto cases = own_cases("http1/responses.jsonl");
  EXPECT_GE(cases.size(), 150U);
  AnswerLab lab;
  for (const json& entry : cases) {
    SCOPED_TRACE(entry.at("id"));
    const Message answer = lab.ask(entry, GetParam());
    const std::string expect = entry.at("expect");
    if (expect == "relay") expect_relayed(entry, answer);
    if (expect == "bad_gateway") expect_bad_gateway(entry, answer);
    if (expect == "cut") expect_cut(entry, answer);
    lab.expect_next_works(entry.value("reuse", json(false)));
  }
}

std::string name_of(const testing::TestParamInfo<Way>& test) {
  constexpr std::array kNames = {"Whole", "ByteByByte", "CutAtRandom"};
  return kNames[static_cast<std::size_t>(test.param)];
}

INSTANTIATE_TEST_SUITE_P(EachWay, Answers, testing::Values(Way::kWhole, Way::kBytes, Way::kCut),
                         name_of);

TEST(AnswerFields, NamedByAnyConnectionFieldEndHere) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(json_reply(200, kAnswer,
                      "Connection: keep-alive, x-one\r\nX-One: 1\r\nConnection: x-two\r\n"
                      "X-Two: 2\r\nX-Three: 3\r\n"));
  });
  const Message answer = setup.chat();
  EXPECT_EQ(answer.body, kAnswer);
  EXPECT_FALSE(answer.has_field("x-one"));
  EXPECT_FALSE(answer.has_field("x-two"));
  EXPECT_EQ(answer.field("x-three"), "3");
}

TEST(EndlessEvent, IsCutLongBeforeTheProviderTires) {
  constexpr std::size_t kOffered = 64 << 20;
  Deployment setup;
  std::promise<std::size_t> taken;
  setup.provider.on_request([&taken](auto& c) {
    const std::string piece = chunk(std::string(64 << 10, 'x'));
    std::size_t sent = 0;
    bool open = c.send(sse_head() + chunk(sse_frame(delta("one"))) + chunk("data: "));
    while (open && sent < kOffered) {
      open = c.send(piece);
      if (open) sent += piece.size();
    }
    taken.set_value(sent);
  });
  RawClient client(setup.gateway.port());
  client.send(post(kChat, kHelloStream, kKey));
  Message answer;
  ASSERT_TRUE(client.read_head(answer));
  EXPECT_TRUE(client.read_until(answer, R"("code":"upstream_invalid_response")"));
  client.half_close();
  while (client.read_piece(answer)) {
  }
  EXPECT_FALSE(answer.complete);
  EXPECT_LT(taken.get_future().get(), kOffered);
}

}  // namespace
}  // namespace penstock::test
