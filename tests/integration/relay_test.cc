// What passes through the gateway when all is well.

#include <gmock/gmock.h>

#include "integration/fixture.h"

namespace penstock::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Relay, ForwardsTheBodyOfARequestByteForByte) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  const std::string odd =
      "{ \"messages\":[{\"role\":\"user\",\"content\":\"h\\u00e9\"}],\n"
      "  \"seed\": 9007199254740993, \"new\":{\"a\":1.0,\"b\":1e2}, \"model\":\"m\" }";

  EXPECT_EQ(setup.chat(odd).body, kAnswer);

  const auto requests = setup.provider.requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].body, odd);
}

TEST(Relay, SendsTheGatewaysKeyAndNeverTheClients) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });

  EXPECT_EQ(setup.chat().status(), 200);

  const Message request = setup.provider.requests().at(0);
  EXPECT_EQ(request.start_line, "POST /v1/chat/completions HTTP/1.1");
  EXPECT_EQ(request.field("authorization"), "Bearer sk-of-the-gateway");
  EXPECT_EQ(request.field("host"), "127.0.0.1:" + std::to_string(setup.provider.port()));
  EXPECT_THAT(request.head, Not(HasSubstr("sk-of-the-client")));
}

TEST(Relay, PutsItsOwnFieldsIntoTheAnswer) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(json_reply(200, kAnswer, "X-Of-Provider: yes\r\nSet-Cookie: a=b\r\n"));
  });

  const Message answer = setup.chat();

  EXPECT_EQ(answer.field("content-type"), "application/json");
  EXPECT_EQ(answer.field("x-served-by"), "penstock");
  EXPECT_EQ(answer.field("x-penstock-upstream"), "provider");
  EXPECT_THAT(answer.field("x-request-id"), ::testing::StartsWith("req_"));
  EXPECT_EQ(answer.field("x-ratelimit-limit-tokens"), "1000000");
  EXPECT_TRUE(answer.has_field("x-penstock-overhead-us"));
  EXPECT_FALSE(answer.has_field("set-cookie"));
}

TEST(Relay, GivesAnErrorOfTheProviderItsStatusAndWords) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(json_reply(400, R"({"error":{"message":"too long","type":"invalid_request_error",)"
                           R"("param":"messages","code":"context_length_exceeded"}})"));
  });

  const Message answer = setup.chat();

  EXPECT_EQ(answer.status(), 400);
  EXPECT_EQ(error_of(answer)["message"], "too long");
  EXPECT_EQ(error_of(answer)["code"], "context_length_exceeded");
  EXPECT_EQ(error_of(answer)["origin"], "provider");
  EXPECT_EQ(error_of(answer)["request_id"], answer.field("x-request-id"));
}

TEST(Relay, GivesEachFrameToTheClientBeforeTheNextOneExists) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(sse_head() + chunk(sse_frame(delta("early"))));
    if (!c.stall()) return;
    c.send(chunk(sse_frame(delta("late", R"("stop")"))) + chunk(sse_frame("[DONE]")) +
           std::string(kLastChunk));
  });
  RawClient client(setup.gateway.port());
  client.send(post(kChat, kHelloStream, kKey));
  Message answer;

  ASSERT_TRUE(client.read_head(answer));
  EXPECT_EQ(answer.field("content-type"), "text/event-stream; charset=utf-8");
  ASSERT_TRUE(client.read_until(answer, "early"));
  setup.provider.release();
  ASSERT_TRUE(client.read_until(answer, "late"));
  while (client.read_piece(answer)) {
  }
  EXPECT_TRUE(answer.complete);
  EXPECT_THAT(answer.body, EndsWith("data: [DONE]\n\n"));
}

TEST(Relay, MakesTheSameOfAStreamThatComesByteByByte) {
  Deployment setup;
  const std::string reply = sse_reply({delta("one"), delta("two", R"("stop")"), "[DONE]"});
  setup.provider.on_request([reply](auto& c) { c.send(reply); });
  setup.provider.on_request([reply](auto& c) { c.send_byte_by_byte(reply); });

  const Message whole = setup.chat(kHelloStream);
  const Message split = setup.chat(kHelloStream);

  EXPECT_TRUE(whole.complete && split.complete);
  EXPECT_EQ(whole.body,
            sse_frame(delta("one")) + sse_frame(delta("two", R"("stop")")) + sse_frame("[DONE]"));
  EXPECT_EQ(split.body, whole.body);
}

TEST(Relay, AsksForTheUsageOfAStreamAndHidesItFromAClientThatDidNot) {
  Deployment setup;
  const std::string usage =
      R"({"id":"chatcmpl-1","object":"chat.completion.chunk","created":1750000000,"model":"m",)"
      R"("choices":[],"usage":{"prompt_tokens":9,"completion_tokens":7,"total_tokens":16,)"
      R"("prompt_tokens_details":{"cached_tokens":8},)"
      R"("completion_tokens_details":{"reasoning_tokens":6}}})";
  setup.provider.on_request([usage](auto& c) {
    c.send(sse_reply({delta("hi", R"("stop")"), usage, "[DONE]"}));
  });

  const Message answer = setup.chat(kHelloStream);

  EXPECT_THAT(setup.provider.requests().at(0).body, HasSubstr(R"("include_usage":true)"));
  EXPECT_EQ(answer.body, sse_frame(delta("hi", R"("stop")")) + sse_frame("[DONE]"));
  const auto record = setup.record("complete");
  EXPECT_EQ(record["input_tokens"], 9);
  EXPECT_EQ(record["cached_tokens"], 8);
  EXPECT_EQ(record["output_tokens"], 7);
  EXPECT_EQ(record["reasoning_tokens"], 6);
  EXPECT_EQ(record["usage"], "measured");
}

TEST(Relay, ReadsARequestThatComesByteByByte) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  RawClient client(setup.gateway.port());
  client.send_byte_by_byte(post(kChat, kHello, kKey));
  EXPECT_EQ(client.read_answer().body, kAnswer);
}

TEST(Relay, ServesManyRequestsOnOneConnectionAndKeepsItsOwnToTheProvider) {
  Deployment setup;
  setup.provider.on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  RawClient client(setup.gateway.port());
  for (int i = 0; i < 5; ++i) {
    client.send(post(kChat, kHello, kKey));
    EXPECT_EQ(client.read_answer().status(), 200);
  }
  EXPECT_EQ(setup.provider.requests().size(), 5u);
  EXPECT_EQ(setup.provider.connections(), 1u);
}

TEST(Relay, WritesOneRecordForAnExchangeWithoutItsKeyOrItsText) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });

  const Message answer = setup.chat();

  const auto record = setup.record("complete");
  EXPECT_EQ(record["request_id"], answer.field("x-request-id"));
  EXPECT_EQ(record["key"], "tester");
  EXPECT_EQ(record["model"], "m");
  EXPECT_EQ(record["upstream"], "provider");
  EXPECT_EQ(record["status"], 200);
  EXPECT_EQ(record["stream"], false);
  EXPECT_EQ(record["input_tokens"], 9);
  EXPECT_EQ(record["output_tokens"], 1);
  EXPECT_EQ(record["bytes_out"], kAnswer.size());
  for (const std::string& line : setup.gateway.log_lines()) {
    EXPECT_THAT(line, Not(HasSubstr("sk-of-the")));
    EXPECT_THAT(line, Not(HasSubstr("hello")));
  }
}

TEST(Relay, TrustsAProviderWithTlsWhoseAuthorityIsConfigured) {
  ScriptedUpstream provider(ScriptedUpstream::Transport::kTls);
  provider.on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  const TestCertificate other;
  struct Case {
    std::string ca_file;
    int status;
  };
  for (const Case& c : {Case{provider.ca_file(), 200}, Case{other.file(), 502}}) {
    const GatewayProcess gateway(config(provider, ", tls: {ca_file: " + c.ca_file + "}"));
    ASSERT_TRUE(gateway.started()) << gateway.errors();
    EXPECT_EQ(fetch(gateway.port(), post(kChat, kHello, kKey)).status(), c.status);
  }
  EXPECT_EQ(provider.requests().size(), 1u);
}

}  // namespace
}  // namespace penstock::test
