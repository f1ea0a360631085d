// What the client sees, and what is recorded, when something goes wrong.

#include <csignal>
#include <future>

#include <gmock/gmock.h>

#include "integration/fixture.h"

namespace penstock::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ClientDisconnect, StopsAProviderThatHasNotAnsweredYet) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.wait_for_client_close(); });
  {
    RawClient client(setup.gateway.port());
    client.send(post(kChat, kHello, kKey));
    ASSERT_TRUE(setup.provider.wait_for_requests(1));
  }
  EXPECT_TRUE(setup.provider.wait_for_client_closes(1));
  EXPECT_EQ(setup.record("client_gone")["upstream"], "provider");
}

TEST(ClientDisconnect, StopsAProviderInTheMiddleOfAStream) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(sse_head() + chunk(sse_frame(delta("one"))));
    c.wait_for_client_close();
  });
  {
    RawClient client(setup.gateway.port());
    client.send(post(kChat, kHelloStream, kKey));
    Message answer;
    ASSERT_TRUE(client.read_head(answer));
    ASSERT_TRUE(client.read_until(answer, "one"));
  }
  EXPECT_TRUE(setup.provider.wait_for_client_closes(1));
  EXPECT_EQ(setup.record("client_gone")["output_tokens"], 1);
}

TEST(SlowClient, HoldsItsProviderBackAndIsGivenUpInTheEnd) {
  constexpr std::size_t kOffered = 64 << 20;  // far more than the sockets on the way can hold
  std::promise<std::size_t> taken;
  Deployment setup("", ", timeouts: {write_idle: 200ms}");
  setup.provider.on_request([&taken](auto& c) {
    const std::string piece = chunk(sse_frame(delta(std::string(64 << 10, 'x'))));
    std::size_t sent = 0;
    bool open = c.send(sse_head());
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

  EXPECT_EQ(setup.record("client_gone")["status"], 200);
  auto result = taken.get_future();
  ASSERT_EQ(result.wait_for(kPatience), std::future_status::ready);
  EXPECT_LT(result.get(), kOffered);
}

TEST(SlowUpstream, IsGivenUpAfterTheTimeForTheFirstByte) {
  Deployment setup(", timeouts: {first_byte: 100ms}");
  setup.provider.on_request([](auto& c) { c.wait_for_client_close(); });

  const Message answer = setup.chat();

  EXPECT_EQ(answer.status(), 504);
  EXPECT_EQ(error_of(answer)["code"], "upstream_timeout");
  EXPECT_TRUE(setup.provider.wait_for_client_closes(1));
}

TEST(SlowUpstream, IsGivenUpWhenItFallsSilentInAStream) {
  Deployment setup(", timeouts: {idle: 100ms}");
  setup.provider.on_request([](auto& c) {
    c.send(sse_head() + chunk(sse_frame(delta("one"))));
    c.wait_for_client_close();
  });

  const Message answer = setup.chat(kHelloStream);

  EXPECT_FALSE(answer.complete);
  EXPECT_THAT(answer.body, HasSubstr(R"("error")"));
  EXPECT_TRUE(setup.provider.wait_for_client_closes(1));
  EXPECT_EQ(setup.record("upstream_failed")["status"], 200);
}

TEST(SlowUpstream, IsGivenUpWhenTheTotalTimeIsOver) {
  Deployment setup(", timeouts: {total: 200ms}");
  setup.provider.on_request([](auto& c) {
    c.send(sse_head() + chunk(sse_frame(delta("one"))));
    c.wait_for_client_close();
  });

  const Message answer = setup.chat(kHelloStream);

  EXPECT_FALSE(answer.complete);
  EXPECT_THAT(answer.body, HasSubstr("upstream_timeout"));
  EXPECT_TRUE(setup.provider.wait_for_client_closes(1));
}

TEST(CutStream, IsChargedWhatTheModelThereWroteAsItsTokensAreCounted) {
  const TempFolder folder;
  const std::string tokens = folder.write("tokens.yaml",
                                          "families:\n"
                                          "  house: {models: [house-*], encoding: r50k_base, "
                                          "factor: 3}\n"
                                          "  others: {models: ['*'], encoding: o200k_base}\n");
  ScriptedUpstream provider;
  provider.on_every_request([](auto& c) {
    c.send(sse_head() + chunk(sse_frame(delta("hello world")) + sse_frame(delta(", hello"))));
    c.close();
  });
  std::string yaml = config(provider) + "model_data: {tokens: " + tokens + "}\n";
  const std::string every = R"({"*": {upstream: provider}})";
  yaml.replace(yaml.find(every), every.size(),
               R"({m: {upstream: provider, model: house-1}, "*": {upstream: provider}})");
  const GatewayProcess gateway(yaml);
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const auto record_of = [&](std::string_view model) {
    const std::string body =
        R"({"stream":true,"messages":[{"role":"user","content":"hi"}],"model":")" +
        std::string(model) + R"("})";
    fetch(gateway.port(), post(kChat, body, kKey));
    const auto record = gateway.wait_for_log([model](const nlohmann::json& line) {
      return line.value("event", "") == "exchange" && line.value("model", "") == model;
    });
    return record.value_or(nlohmann::json::object());
  };
  const auto others = record_of("x");  // hello, world; the comma, hello
  EXPECT_EQ(others.value("output_tokens", 0), 4) << others;
  EXPECT_EQ(others.value("usage", ""), "counted");
  EXPECT_EQ(record_of("m").value("output_tokens", 0), 12);
}

struct Cut {
  const char* name;
  void (*end)(UpstreamConnection&);
};

class TruncatedStream : public ::testing::TestWithParam<Cut> {};

TEST_P(TruncatedStream, IsToldToTheClientAsAnError) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(sse_head() + chunk(sse_frame(delta("one"))));
    GetParam().end(c);
  });

  const Message answer = setup.chat(kHelloStream);

  EXPECT_EQ(answer.status(), 200);
  EXPECT_THAT(answer.body, HasSubstr("one"));
  EXPECT_THAT(answer.body, HasSubstr(R"(data: {"error":{)"));
  EXPECT_THAT(answer.body, Not(HasSubstr("[DONE]")));
  EXPECT_FALSE(answer.complete);
  EXPECT_EQ(setup.record("upstream_failed")["output_tokens"], 1);
}

INSTANTIATE_TEST_SUITE_P(
    EachWay, TruncatedStream,
    ::testing::Values(Cut{"ByClosing", [](UpstreamConnection& c) { c.close(); }},
                      Cut{"ByReset", [](UpstreamConnection& c) { c.reset(); }},
                      Cut{"ByACleanEndTooEarly", [](UpstreamConnection& c) { c.send(kLastChunk); }},
                      Cut{"ByHalfAnEvent",
                          [](UpstreamConnection& c) {
                            c.send(chunk("data: {\"choices\""));
                            c.close();
                          }},
                      Cut{"ByABrokenChunk",
                          [](UpstreamConnection& c) {
                            c.send("what\r\n");
                            c.close();
                          }}),
    [](const auto& test) { return test.param.name; });

struct Break {
  const char* name;
  void (*answer)(UpstreamConnection&);
};

class BrokenUpstream : public ::testing::TestWithParam<Break> {};

TEST_P(BrokenUpstream, IsABadGatewayAndHarmsNobodyElse) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { GetParam().answer(c); });
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });

  const Message answer = setup.chat();

  EXPECT_EQ(answer.status(), 502);
  EXPECT_EQ(error_of(answer)["origin"], "gateway");
  EXPECT_THAT(answer.body, Not(HasSubstr("127.0.0.1")));
  EXPECT_EQ(setup.chat().status(), 200);
}

INSTANTIATE_TEST_SUITE_P(
    EachWay, BrokenUpstream,
    ::testing::Values(
        Break{"ByClosing", [](UpstreamConnection& c) { c.close(); }},
        Break{"ByReset", [](UpstreamConnection& c) { c.reset(); }},
        Break{"ByHalfAHead",
              [](UpstreamConnection& c) {
                c.send("HTTP/1.1 200 OK\r\nContent-");
                c.close();
              }},
        Break{"ByHalfABody",
              [](UpstreamConnection& c) {
                c.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    "Content-Length: 100\r\n\r\n{\"id\"");
                c.close();
              }},
        Break{"ByAnotherProtocol",
              [](UpstreamConnection& c) {
                c.send("220 mail.example ESMTP\r\n");
                c.close();
              }},
        Break{"ByTwoLengths",
              [](UpstreamConnection& c) {
                c.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ");
                c.close();
              }}),
    [](const auto& test) { return test.param.name; });

TEST(StaleConnection, IsReplacedWithoutTheClientNoticing) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(json_reply(200, kAnswer));
    c.close();
  });
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  EXPECT_EQ(setup.chat().status(), 200);
  EXPECT_EQ(setup.chat().status(), 200);
  EXPECT_EQ(setup.provider.connections(), 2u);
}

TEST(Refusal, ReachesNoProvider) {
  Deployment setup;
  struct Case {
    std::string request;
    int status;
  };
  const std::string no_model = R"({"messages":[{"role":"user","content":"x"}]})";
  for (const Case& c :
       {Case{post(kChat, kHello), 401},
        Case{post(kChat, kHello, "Authorization: Bearer sk-wrong\r\n"), 401},
        Case{post(kChat, "{", kKey), 400}, Case{post(kChat, no_model, kKey), 400},
        Case{post("/v1/nonsense", kHello, kKey), 404}, Case{get(kChat, kKey), 405}}) {
    const Message answer = fetch(setup.gateway.port(), c.request);
    EXPECT_EQ(answer.status(), c.status) << c.request;
    EXPECT_TRUE(error_of(answer).contains("message")) << c.request;
  }
  EXPECT_EQ(setup.provider.connections(), 0u);
}

TEST(Drain, LetsAStreamEndAndRefusesNewConnections) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(sse_head() + chunk(sse_frame(delta("one"))));
    if (!c.stall()) return;
    c.send(chunk(sse_frame(delta("two", R"("stop")"))) + chunk(sse_frame("[DONE]")) +
           std::string(kLastChunk));
  });
  RawClient client(setup.gateway.port());
  client.send(post(kChat, kHelloStream, kKey));
  Message answer;
  ASSERT_TRUE(client.read_head(answer));
  ASSERT_TRUE(client.read_until(answer, "one"));

  setup.gateway.signal(SIGTERM);
  ASSERT_TRUE(setup.gateway.wait_for_error_text("draining"));
  setup.provider.release();
  ASSERT_TRUE(client.read_until(answer, "[DONE]"));

  EXPECT_EQ(setup.gateway.wait_for_exit(), 0);
  EXPECT_FALSE(RawClient(setup.gateway.port()).connected());
}

TEST(Drain, EndsAtOnceWithoutRequests) {
  Deployment setup;
  EXPECT_EQ(setup.gateway.stop(), 0);
}

TEST(Start, IsRefusedWithEachFaultOfTheConfiguration) {
  const ScriptedUpstream provider;
  GatewayProcess gateway(config(provider, ", tiemouts: {}", ", thraeds: 2"));
  EXPECT_EQ(gateway.wait_for_exit(), 3);
  EXPECT_FALSE(gateway.started());
  EXPECT_TRUE(gateway.wait_for_error_text("timeouts"));
  EXPECT_TRUE(gateway.wait_for_error_text("threads"));
}

}  // namespace
}  // namespace penstock::test
