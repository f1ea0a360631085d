// Answers of a provider that come too early, say too much, or nobody asked for; docs/faults.md has
// the list.

#include <future>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "integration/faults.h"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(UpstreamAnswer, WithBytesBehindItIsGivenAndItsConnectionNotUsedAgain) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(json_reply(200, kAnswer) + json_reply(200, R"({"id":"of-somebody-else"})"));
  });
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  EXPECT_EQ(setup.chat().body, kAnswer);
  EXPECT_EQ(setup.chat().body, kAnswer);
  EXPECT_EQ(setup.provider.connections(), 2u);
}

TEST(UpstreamAnswer, ThatComesUnaskedWhileTheConnectionRestsIsNobodys) {
  std::promise<void> said;
  Deployment setup;
  setup.provider.on_request([&said](auto& c) {
    c.send(json_reply(200, kAnswer));
    if (c.stall()) c.send(json_reply(200, R"({"id":"late"})"));
    said.set_value();
    c.wait_for_client_close();
  });
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  EXPECT_EQ(setup.chat().body, kAnswer);
  setup.provider.release();
  ASSERT_EQ(said.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(setup.chat().body, kAnswer);
}

class EarlyAnswer : public ::testing::TestWithParam<ScriptedUpstream::Transport> {
 protected:
  std::string yaml() {
    const bool tls = GetParam() == ScriptedUpstream::Transport::kTls;
    return config(provider, tls ? ", tls: {ca_file: " + provider.ca_file() + "}" : "", "",
                  kSlowLimit);
  }
  ScriptedUpstream provider{GetParam()};
  // More than the sockets on the way hold.
  const std::string large = R"({"model":"m","messages":[{"role":"user","content":")" +
                            std::string(24 << 20, 'x') + "\"}]}";
};

TEST_P(EarlyAnswer, EndsTheUploadAndReachesTheClient) {
  provider.on_connection([](auto& c) {
    c.send(json_reply(413, R"({"error":{"message":"far too long","type":"t","code":"c"}})"));
    if (c.stall()) c.wait_for_client_close();  // nothing of the request is read before
  });
  provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  const GatewayProcess gateway(yaml());
  ASSERT_TRUE(gateway.started()) << gateway.errors();

  const Message answer = fetch(gateway.port(), post(kChat, large, kKey));

  EXPECT_EQ(answer.status(), 413);
  EXPECT_EQ(error_of(answer)["message"], "far too long");
  EXPECT_EQ(error_of(answer)["origin"], "provider");
  provider.release();
  EXPECT_TRUE(provider.wait_for_client_closes(1));
  EXPECT_EQ(fetch(gateway.port(), post(kChat, kHello, kKey)).body, kAnswer);
  EXPECT_EQ(provider.connections(), 2u);
}

TEST_P(EarlyAnswer, ThatIsInterimDoesNotEndTheUpload) {
  provider.on_connection([](auto& c) {
    c.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early");
    if (!c.read_request()) return;
    c.send(" Hints\r\n\r\n" + json_reply(200, kAnswer));
    c.wait_for_client_close();
  });
  const GatewayProcess gateway(yaml());
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  EXPECT_EQ(fetch(gateway.port(), post(kChat, large, kKey)).body, kAnswer);
  ASSERT_EQ(provider.requests().size(), 1u);
  EXPECT_TRUE(provider.requests()[0].body == large);
}

TEST_P(EarlyAnswer, BeforeAnAbortReachesTheClientToo) {
  provider.on_connection([](auto& c) {
    c.send(json_reply(429, R"({"error":{"message":"slow down"}})", "Retry-After: 3\r\n"));
    c.half_close();
    if (c.stall()) c.close();
  });
  const GatewayProcess gateway(yaml());
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const Message answer = fetch(gateway.port(), post(kChat, large, kKey));
  EXPECT_EQ(answer.status(), 429);
  EXPECT_EQ(answer.field("retry-after"), "3");
}

TEST_P(EarlyAnswer, IsNoneWhenTheProviderResetsInTheUpload) {
  provider.on_connection([](auto& c) { c.reset(); });
  provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  const GatewayProcess gateway(yaml());
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  EXPECT_EQ(fetch(gateway.port(), post(kChat, large, kKey)).status(), 502);
  EXPECT_EQ(fetch(gateway.port(), post(kChat, kHello, kKey)).body, kAnswer);
}

INSTANTIATE_TEST_SUITE_P(Over, EarlyAnswer,
                         ::testing::Values(ScriptedUpstream::Transport::kClear,
                                           ScriptedUpstream::Transport::kTls),
                         [](const auto& test) {
                           return test.param == ScriptedUpstream::Transport::kTls ? "Tls" : "Clear";
                         });

struct RetryAfter {
  const char* name;
  const char* value;
};

class UpstreamRetryAfter : public ::testing::TestWithParam<RetryAfter> {};

TEST_P(UpstreamRetryAfter, ReachesTheClientAsItIs) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(json_reply(529, R"({"error":{"message":"overloaded"}})",
                      "Retry-After: " + std::string(GetParam().value) + "\r\n"));
  });
  const Message answer = setup.chat();
  EXPECT_EQ(answer.status(), 529);
  EXPECT_EQ(answer.field("retry-after"), GetParam().value);
  EXPECT_TRUE(eventually([&] { return tokens_taken(setup.gateway) == 0; }));
}

INSTANTIATE_TEST_SUITE_P(Forms, UpstreamRetryAfter,
                         ::testing::Values(RetryAfter{"Seconds", "7"},
                                           RetryAfter{"Date", "Wed, 21 Oct 2026 07:28:00 GMT"},
                                           RetryAfter{"AgesAhead", "1000000000"},
                                           RetryAfter{"Negative", "-1"},
                                           RetryAfter{"Garbage", "soon"}),
                         [](const auto& test) { return test.param.name; });

TEST(UpstreamError, TellsNeitherOurKeyNorOurAccountNorTheAddress) {
  Deployment setup;
  const std::string address = "127.0.0.1:" + std::to_string(setup.provider.port());
  const std::string words = "key sk-of-the-gateway of org-CANARY1234567890 at http://" + address +
                            "/v1/chat/completions in proj_CANARY1234567890";
  const std::vector<std::string> bodies{R"({"error":{"message":")" + words + R"(","type":"x"}})",
                                        R"({"detail":")" + words + "\"}", words};
  for (const std::string& body : bodies) {
    setup.provider.on_request([body](auto& c) { c.send(json_reply(403, body)); });
    const Message answer = setup.chat();
    EXPECT_EQ(answer.status(), 403);
    EXPECT_THAT(answer.body, AllOf(HasSubstr("[key]"), HasSubstr("[account]")));
    EXPECT_THAT(answer.body, AllOf(Not(HasSubstr("sk-of-the")), Not(HasSubstr("CANARY")),
                                   Not(HasSubstr(address))));
  }
  setup.provider.on_request([&words](auto& c) {
    c.send(sse_head() + chunk(sse_frame(delta("one"))) +
           chunk(sse_frame(R"({"error":{"message":")" + words + "\"}}")) + std::string(kLastChunk));
  });
  const Message stream = setup.chat(kHelloStream);
  EXPECT_THAT(stream.body, AllOf(HasSubstr("one"), HasSubstr("[key]")));
  EXPECT_THAT(stream.body, AllOf(Not(HasSubstr("sk-of-the")), Not(HasSubstr("CANARY")),
                                 Not(HasSubstr(address))));
  setup.record("upstream_failed");
  for (const std::string& line : setup.gateway.log_lines()) {
    EXPECT_THAT(line, AllOf(Not(HasSubstr("sk-of-the")), Not(HasSubstr("CANARY"))));
  }
}

}  // namespace
}  // namespace penstock::test
