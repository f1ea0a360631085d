// What a provider may do wrong once its stream has begun; docs/faults.md has the list.

#include <chrono>

#include <gmock/gmock.h>

#include "integration/faults.h"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Cut {
  const char* name;
  Script end;  // after the head and two events
  const char* code;
  const char* idle = "300ms";
};

class UpstreamStreamFault : public ::testing::TestWithParam<Cut> {};

TEST_P(UpstreamStreamFault, IsToldAsAnErrorWithoutAnEndAndSettled) {
  Deployment setup(", timeouts: {idle: " + std::string(GetParam().idle) + "}", "", kSlowLimit);
  setup.provider.on_request([](auto& c) {
    c.send(sse_head() + chunk(sse_frame(delta("one"))) + chunk(sse_frame(delta("two"))));
    GetParam().end(c);
    c.wait_for_client_close();
  });
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });

  RawClient client(setup.gateway.port());
  client.send(post(kChat, kHelloStream, kKey));
  Message answer;
  ASSERT_TRUE(client.read_head(answer));
  ASSERT_TRUE(client.read_until(answer, "data: {\"error\""));
  client.half_close();  // who has read the error hangs up; else the gateway waits for a second
  while (client.read_piece(answer)) {
  }

  EXPECT_EQ(answer.status(), 200);
  EXPECT_THAT(answer.body, HasSubstr(sse_frame(delta("one")) + sse_frame(delta("two"))));
  const std::size_t error = answer.body.find("data: {\"error\":{");
  ASSERT_NE(error, std::string::npos) << answer.body;
  EXPECT_EQ(answer.body.find("\n\n", error), answer.body.size() - 2) << "the error comes last";
  EXPECT_THAT(answer.body, HasSubstr(GetParam().code));
  EXPECT_THAT(answer.body, AllOf(Not(HasSubstr("[DONE]")), Not(HasSubstr("127.0.0.1"))));
  EXPECT_FALSE(answer.complete) << "a last chunk would be a clean end";

  const auto record = setup.record("upstream_failed");
  EXPECT_EQ(record["status"], 200);
  EXPECT_EQ(record["output_tokens"], 2);
  EXPECT_EQ(record["bytes_out"], answer.body.size());
  EXPECT_TRUE(
      eventually([&] { return tokens_taken(setup.gateway) == input_estimate(kHelloStream) + 2; }));
  EXPECT_TRUE(eventually([&] { return metric(setup.gateway, endings("upstream_failed")) == 1; }));

  EXPECT_EQ(setup.chat().body, kAnswer);
  EXPECT_EQ(setup.provider.connections(), 2u) << "the broken connection must not serve again";
  EXPECT_TRUE(eventually([&] { return is_at_rest(setup.gateway); }));
  setup.record("complete");
  EXPECT_EQ(exchange_records(setup.gateway), 2u);
}

/// Says something again and again that is no event, until the client has gone.
Script repeats(std::string bytes) {
  return [bytes = std::move(bytes)](UpstreamConnection& c) {
    while (c.send(bytes)) c.wait_for_client_close(std::chrono::milliseconds(20));
  };
}

const std::string kHalfEvent = "data: {\"choices\":[{\"index\":0,";

INSTANTIATE_TEST_SUITE_P(
    Cut, UpstreamStreamFault,
    ::testing::Values(
        Cut{"ByClosing", [](auto& c) { c.close(); }, kUnreachable},
        Cut{"ByReset", [](auto& c) { c.reset(); }, kUnreachable},
        Cut{"ByClosingInAChunk",
            [](auto& c) {
              c.send("ff\r\n" + kHalfEvent);
              c.close();
            },
            kUnreachable},
        Cut{"ByClosingInAnEvent",
            [](auto& c) {
              c.send(chunk(kHalfEvent));
              c.close();
            },
            kUnreachable},
        Cut{"ByResetInAChunkSize",
            [](auto& c) {
              c.send("f");
              c.reset();
            },
            kUnreachable},
        Cut{"ByABrokenChunk", [](auto& c) { c.send("what\r\n"); }, kInvalid},
        Cut{"BySilence", [](auto&) {}, kTimeout},
        Cut{"BySilenceInAnEvent", [](auto& c) { c.send(chunk(kHalfEvent)); }, kTimeout},
        Cut{"ByHeartbeatsForEver", repeats(chunk(": keep-alive\n\n")), kTimeout},
        Cut{"ByEmptyEventsForEver", repeats(chunk("event: ping\n\n")), kTimeout},
        Cut{"ByAnEventWithoutEnd",
            [](auto& c) { c.send(chunk("data: " + std::string(9 << 20, 'x'))); }, kInvalid, "60s"}),
    [](const auto& test) { return test.param.name; });

TEST(UpstreamStream, ThatFallsSilentBeforeItsFirstEventIsATimeOut) {
  Deployment setup(", timeouts: {first_byte: 200ms}");
  setup.provider.on_request([](auto& c) {
    c.send(sse_head() + chunk(": hello\n\n"));
    c.wait_for_client_close();
  });
  const Message answer = setup.chat(kHelloStream);
  EXPECT_FALSE(answer.complete && answer.status() == 200);
  EXPECT_THAT(answer.body, HasSubstr(kTimeout));
  EXPECT_TRUE(setup.provider.wait_for_client_closes(1));
}

TEST(UpstreamStream, InGzipIsRefusedBeforeItBegins) {
  Deployment setup;
  setup.provider.on_request([](auto& c) {
    c.send(sse_head("Content-Encoding: gzip\r\n") + chunk("\x1f\x8b\x08"));
    c.wait_for_client_close();
  });
  const Message answer = setup.chat(kHelloStream);
  EXPECT_EQ(answer.status(), 502);
  EXPECT_EQ(error_of(answer)["code"], kInvalid);
  EXPECT_TRUE(setup.provider.wait_for_client_closes(1));
}

}  // namespace
}  // namespace penstock::test
