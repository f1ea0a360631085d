#include "support/scripted_upstream.h"

#include <gmock/gmock.h>

#include "support/http_client.h"

namespace penstock::test {
namespace {

using ::testing::ElementsAre;

TEST(ScriptedUpstream, AnswersEachRequestWithItsScript) {
  ScriptedUpstream upstream;
  upstream.on_request([](auto& c) { c.send(json_reply(200, R"({"n":1})", "X-Reply: one\r\n")); });
  upstream.on_request([](auto& c) { c.send_byte_by_byte(json_reply(429, R"({"n":2})")); });
  RawClient client(upstream.port());

  client.send_byte_by_byte(post("/v1/chat/completions", R"({"model":"m"})", "X-Ask: one\r\n"));
  const Message first = client.read_answer();
  client.send(get("/v1/models"));
  const Message second = client.read_answer();

  EXPECT_EQ(first.status(), 200);
  EXPECT_EQ(first.body, R"({"n":1})");
  EXPECT_EQ(first.field("x-reply"), "one");
  EXPECT_EQ(second.status(), 429);
  EXPECT_EQ(second.body, R"({"n":2})");
  const auto requests = upstream.requests();
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_EQ(requests[0].target(), "/v1/chat/completions");
  EXPECT_EQ(requests[0].body, R"({"model":"m"})");
  EXPECT_EQ(requests[0].field("X-ASK"), "one");
  EXPECT_EQ(requests[1].start_line, "GET /v1/models HTTP/1.1");
  EXPECT_EQ(upstream.connections(), 1u);
}

TEST(ScriptedUpstream, SaysWhenThereIsNoScript) {
  ScriptedUpstream upstream;
  EXPECT_EQ(fetch(upstream.port(), get("/")).status(), 500);
}

TEST(ScriptedUpstream, StreamsFramesThatTheClientReadsOneByOne) {
  ScriptedUpstream upstream;
  upstream.on_request([](auto& c) { c.send(sse_reply({"{}", "[DONE]"})); });
  RawClient client(upstream.port());
  client.send(get("/"));
  Message answer;
  ASSERT_TRUE(client.read_head(answer));
  std::vector<std::string> pieces;
  while (auto piece = client.read_piece(answer)) pieces.push_back(*piece);
  EXPECT_THAT(pieces, ElementsAre("data: {}\n\n", "data: [DONE]\n\n"));
  EXPECT_TRUE(answer.complete);
}

TEST(ScriptedUpstream, FallsSilentUntilReleased) {
  ScriptedUpstream upstream;
  upstream.on_request([](auto& c) {
    c.send(sse_head() + chunk("early"));
    if (c.stall()) c.send(chunk("late") + std::string(kLastChunk));
  });
  RawClient client(upstream.port());
  client.send(get("/"));
  Message answer;
  ASSERT_TRUE(client.read_head(answer));
  ASSERT_TRUE(client.read_until(answer, "early"));
  upstream.release();
  EXPECT_TRUE(client.read_until(answer, "late"));
}

TEST(ScriptedUpstream, WakesAStalledScriptWhenTheTestEnds) {
  ScriptedUpstream upstream;
  upstream.on_request([](auto& c) { EXPECT_FALSE(c.stall()); });
  RawClient client(upstream.port());
  client.send(get("/"));
  EXPECT_TRUE(upstream.wait_for_requests(1));
}

TEST(ScriptedUpstream, NotesThatTheClientLeft) {
  ScriptedUpstream upstream;
  upstream.on_request([](auto& c) { c.wait_for_client_close(); });
  const MonotonicTime before = system_clock().now();
  {
    RawClient client(upstream.port());
    client.send(get("/"));
    ASSERT_TRUE(upstream.wait_for_requests(1));
  }
  ASSERT_TRUE(upstream.wait_for_client_closes(1));
  EXPECT_GE(upstream.client_closes().front(), before);
}

TEST(ScriptedUpstream, EndsAConnectionInEachOfItsWays) {
  struct Way {
    void (*end)(UpstreamConnection&);
    Socket::State seen;
  };
  const std::vector<Way> ways = {
      {[](UpstreamConnection& c) { c.close(); }, Socket::State::kEnd},
      {[](UpstreamConnection& c) { c.reset(); }, Socket::State::kReset},
      {[](UpstreamConnection& c) {
         c.half_close();
         c.read_request();
       },
       Socket::State::kEnd},
  };
  for (const Way& way : ways) {
    ScriptedUpstream upstream;
    upstream.on_connection([&way](auto& c) {
      c.read_request();
      way.end(c);
    });
    RawClient client(upstream.port());
    client.send(get("/"));
    EXPECT_EQ(client.wait_for_end(), way.seen);
  }
}

TEST(ScriptedUpstream, ShowsACutBodyAsIncomplete) {
  ScriptedUpstream upstream;
  upstream.on_request([](auto& c) {
    c.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    c.close();
  });
  upstream.on_request([](auto& c) {
    c.send(sse_head() + chunk("half"));
    c.close();
  });
  for (int i = 0; i < 2; ++i) {
    const Message answer = fetch(upstream.port(), get("/"));
    EXPECT_EQ(answer.body, "half");
    EXPECT_FALSE(answer.complete);
  }
}

TEST(ScriptedUpstream, SpeaksTlsWithACertificateThatClientsCanTrust) {
  ScriptedUpstream upstream(ScriptedUpstream::Transport::kTls);
  upstream.on_request([](auto& c) { c.send(json_reply(200, "{}")); });

  Socket socket = Socket::connect(upstream.port());
  ASSERT_TRUE(socket.connect_tls({.ca_file = upstream.ca_file()}));
  ASSERT_TRUE(socket.send(get("/")));
  MessageReader reader(socket, MessageReader::Kind::kAnswer);

  EXPECT_EQ(reader.read().status(), 200);
  EXPECT_THAT(upstream.base_url(), ::testing::StartsWith("https://127.0.0.1:"));
}

TEST(ScriptedUpstream, HasACertificateThatNobodyElseTrusts) {
  ScriptedUpstream upstream(ScriptedUpstream::Transport::kTls);
  const TestCertificate other;
  Socket socket = Socket::connect(upstream.port());
  EXPECT_FALSE(socket.connect_tls({.ca_file = other.file()}));
}

}  // namespace
}  // namespace penstock::test
