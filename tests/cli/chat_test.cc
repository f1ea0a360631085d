// `penstock chat`, against a server that does what a script says.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/scripted_upstream.h"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;

std::string delta(std::string_view content) {
  return R"({"choices":[{"index":0,"delta":{"content":")" + std::string(content) + R"("}}]})";
}

constexpr const char* kWhole =
    R"({"choices":[{"index":0,"message":{"role":"assistant","content":"hello there"}}]})";

void answer_hello(UpstreamConnection& connection) {
  connection.send(sse_reply({delta("hel"), delta("lo"), "[DONE]"}));
}

std::string url(const ScriptedUpstream& server) {
  const std::string base = server.base_url();
  return base.substr(0, base.size() - std::string_view("/v1").size());
}

nlohmann::json body_of(const ScriptedUpstream& server, std::size_t request = 0) {
  return nlohmann::json::parse(server.requests().at(request).body);
}

TEST(Chat, SendsWhatItWasTold) {
  ScriptedUpstream server;
  server.on_request(answer_hello);
  const Ended run =
      penstock({"chat", "hi", "-m", "fast", "--system", "Be brief.", "--url", url(server)},
               {.environment = {"PENSTOCK_KEY=sk-1"}});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, "hello\n");
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(server.requests().at(0).target(), "/v1/chat/completions");
  EXPECT_EQ(server.requests().at(0).field("authorization"), "Bearer sk-1");
  EXPECT_EQ(body_of(server), nlohmann::json::parse(R"({
    "model": "fast", "stream": true,
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}]
  })"));
}

TEST(Chat, TakesTheBaseUrlOfAnSdkToo) {
  ScriptedUpstream server;
  server.on_request(answer_hello);
  EXPECT_EQ(penstock({"chat", "hi", "--url", server.base_url() + "/"}).status, 0);
  EXPECT_EQ(server.requests().at(0).target(), "/v1/chat/completions");
}

TEST(Chat, TakesTheMessageFromStdin) {
  ScriptedUpstream server;
  server.on_request(answer_hello);
  EXPECT_EQ(penstock({"chat", "--url", url(server)}, {.input = "first\nsecond \xff\n"}).status, 0);
  EXPECT_EQ(body_of(server)["messages"][0]["content"], "first\nsecond \xEF\xBF\xBD");
}

TEST(Chat, RefusesToSayNothing) {
  const Ended run = penstock({"chat"}, {.input = "\n"});
  EXPECT_EQ(run.status, 3);
  EXPECT_EQ(run.err, "penstock: there is nothing to say; give a message or pipe one in\n");
}

TEST(Chat, ShowsTheBytesOfTheStream) {
  ScriptedUpstream server;
  server.on_request([](UpstreamConnection& connection) {
    connection.send(sse_head() + chunk(": comment\n\n" + sse_frame(delta("x"))) +
                    chunk(sse_frame("[DONE]")) + std::string(kLastChunk));
  });
  const Ended run = penstock({"chat", "hi", "--raw", "--url", url(server)});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, ": comment\n\n" + sse_frame(delta("x")) + sse_frame("[DONE]"));
}

TEST(Chat, AsksForOnePieceWithoutAStream) {
  ScriptedUpstream server;
  server.on_every_request(
      [](UpstreamConnection& connection) { connection.send(json_reply(200, kWhole)); });
  const Ended run = penstock({"chat", "hi", "--no-stream", "--url", url(server)});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, "hello there\n");
  EXPECT_EQ(body_of(server)["stream"], false);
  EXPECT_EQ(penstock({"chat", "hi", "--no-stream", "--raw", "--url", url(server)}).out,
            std::string(kWhole) + "\n");
}

TEST(Chat, FailsWhenTheStreamIsCut) {
  ScriptedUpstream server;
  server.on_request([](UpstreamConnection& connection) {
    connection.send(sse_head() + chunk(sse_frame(delta("hel"))));
    connection.close();
  });
  const Ended run = penstock({"chat", "hi", "--url", url(server)});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.out, "hel\n");
  EXPECT_EQ(run.err, "penstock: the stream ended early\n");
}

TEST(Chat, FailsWhenTheStreamEndsWithoutItsEndMark) {
  ScriptedUpstream server;
  server.on_request(
      [](UpstreamConnection& connection) { connection.send(sse_reply({delta("hello")})); });
  const Ended run = penstock({"chat", "hi", "--raw", "--url", url(server)});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err, "penstock: the stream ended early\n");
}

TEST(Chat, SaysWhatAnErrorInTheStreamSays) {
  ScriptedUpstream server;
  server.on_request([](UpstreamConnection& connection) {
    connection.send(sse_reply({delta("hel"), R"({"error":{"message":"the provider left"}})"}));
  });
  const Ended run = penstock({"chat", "hi", "--url", url(server)});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err, "penstock: the stream broke off: the provider left\n");
}

TEST(Chat, SaysWhatARefusalSays) {
  ScriptedUpstream server;
  server.on_request([](UpstreamConnection& connection) {
    connection.send(json_reply(401, R"({"error":{"message":"no key was sent"}})"));
  });
  const Ended run = penstock({"chat", "hi", "--url", url(server)});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(
      run.err,
      "penstock: status 401: no key was sent; PENSTOCK_KEY has to hold a key that is known\n");
}

TEST(Chat, FailsOnAnAnswerThatIsNoChat) {
  ScriptedUpstream server;
  server.on_every_request(
      [](UpstreamConnection& connection) { connection.send(json_reply(200, "[[[")); });
  const Ended run = penstock({"chat", "hi", "--url", url(server)});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err, "penstock: the answer is no chat completion, or broke off\n");
}

TEST(Chat, SaysThatNobodyIsThere) {
  std::uint16_t port = 0;
  { port = Listener().port(); }
  const std::string nowhere = "http://127.0.0.1:" + std::to_string(port);
  const Ended run = penstock({"chat", "hi", "--url", nowhere});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err,
            "penstock: no connection to " + nowhere + "; is `penstock serve` running there?\n");
}

TEST(Chat, SpeaksTlsWithAnAuthorityOfItsOwn) {
  ScriptedUpstream server(ScriptedUpstream::Transport::kTls);
  server.on_every_request(answer_hello);
  const Ended good = penstock({"chat", "hi", "--url", url(server), "--ca-file", server.ca_file()});
  EXPECT_EQ(good.status, 0) << good.err;
  EXPECT_EQ(good.out, "hello\n");

  const Ended untrusted = penstock({"chat", "hi", "--url", url(server)});
  EXPECT_EQ(untrusted.status, 1);
  EXPECT_EQ(untrusted.err, "penstock: the certificate of " + url(server) +
                               " is not trusted for that name; --ca-file names its authority\n");

  const Ended unreadable =
      penstock({"chat", "hi", "--url", url(server), "--ca-file", "/nonexistent.pem"});
  EXPECT_EQ(unreadable.status, 1);
  EXPECT_EQ(
      unreadable.err,
      "penstock: no certificate can be read from `/nonexistent.pem`, which --ca-file names\n");
}

TEST(Chat, RefusesAKeyThatNoHeaderCanHold) {
  const Ended run = penstock({"chat", "hi"}, {.environment = {"PENSTOCK_KEY=a\nx-evil: 1"}});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.err, "penstock: PENSTOCK_KEY holds a line end or another control character\n");
}

TEST(Chat, StopsReadingWhenItsReaderHasLeft) {
  ScriptedUpstream server;
  server.on_request([](UpstreamConnection& connection) {
    connection.send(sse_head());
    while (connection.send(chunk(sse_frame(delta("word"))))) {
    }
  });
  const Ended run =
      penstock({"chat", "hi", "--url", url(server)}, {.out = Setting::Stdout::kReaderGone});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err, "");
}

TEST(Chat, RemembersTheConversationAtATerminal) {
  ScriptedUpstream server;
  server.on_request([](UpstreamConnection& connection) {
    connection.send(sse_reply({delta("one"), "[DONE]"}));
  });
  server.on_request([](UpstreamConnection& connection) {
    connection.send(json_reply(500, R"({"error":{"message":"try again"}})"));
  });
  server.on_request([](UpstreamConnection& connection) {
    connection.send(sse_reply({delta("three"), "[DONE]"}));
  });
  TerminalSession session({"chat", "--url", url(server)});
  ASSERT_TRUE(session.wait_for("> "));
  session.type("first\n");
  ASSERT_TRUE(session.wait_for("one\n> "));
  session.type("second\n");
  ASSERT_TRUE(session.wait_for("penstock: status 500: try again\n> "));
  session.type("\nthird\n");
  ASSERT_TRUE(session.wait_for("three\n> "));
  session.type("\x04");
  EXPECT_EQ(session.wait_for_exit(), 0);
  EXPECT_EQ(body_of(server, 2)["messages"], nlohmann::json::parse(R"([
    {"role": "user", "content": "first"}, {"role": "assistant", "content": "one"},
    {"role": "user", "content": "third"}
  ])"));
}

TEST(Chat, LetsNoModelCommandTheTerminal) {
  ScriptedUpstream server;
  server.on_every_request([](UpstreamConnection& connection) {
    connection.send(sse_reply({delta(R"(\u001b]0;title\u0007\u009b2Jok\r\nyes)"), "[DONE]"}));
  });
  TerminalSession session({"chat", "hi", "--url", url(server)});
  EXPECT_EQ(session.wait_for_exit(), 0);
  EXPECT_EQ(session.screen(), "?]0;title??2Jok\nyes\n");
  // A file gets what the model said.
  EXPECT_EQ(penstock({"chat", "hi", "--url", url(server)}).out,
            "\x1b]0;title\a\xc2\x9b"
            "2Jok\r\nyes\n");
}

}  // namespace
}  // namespace penstock::test
