// What a provider may do wrong, in each phase of an exchange; docs/faults.md has the list.

#include <future>

#include <gmock/gmock.h>

#include "integration/faults.h"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Script = ScriptedUpstream::Script;

/// The provider ends an exchange before its answer has begun for the client.
struct Broken {
  const char* name;
  Script on_connection;  // from the first byte on
  int status;
  const char* code;
};

class UpstreamFault : public ::testing::TestWithParam<Broken> {};

TEST_P(UpstreamFault, BeforeTheAnswerIsAStatusOfItsOwnAndChargesNothing) {
  Deployment setup(
      ", timeouts: {connect: 200ms, first_byte: 300ms, idle: 300ms}, limits: {max_response: 64KiB}",
      "", kSlowLimit);
  setup.provider.on_connection(GetParam().on_connection);
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });

  const Message answer = setup.chat();

  EXPECT_EQ(answer.status(), GetParam().status);
  EXPECT_EQ(error_of(answer)["code"], GetParam().code);
  EXPECT_EQ(error_of(answer)["origin"], "gateway");
  EXPECT_TRUE(answer.complete);
  EXPECT_THAT(answer.body, AllOf(Not(HasSubstr("127.0.0.1")), Not(HasSubstr("sk-of-the"))));
  EXPECT_EQ(setup.record("upstream_failed")["status"], GetParam().status);
  EXPECT_TRUE(eventually([&] { return tokens_taken(setup.gateway) == 0; }));

  EXPECT_EQ(setup.chat().body, kAnswer);  // on a connection of its own
  EXPECT_EQ(setup.provider.connections(), 2u);
  EXPECT_TRUE(eventually([&] { return is_at_rest(setup.gateway); }));
  setup.record("complete");
  EXPECT_EQ(exchange_records(setup.gateway), 2u);
}

constexpr const char* kInvalid = "upstream_invalid_response";
constexpr const char* kUnreachable = "upstream_unreachable";
constexpr const char* kTimeout = "upstream_timeout";

/// Reads the request and sends that, and then ends the connection or waits for its end.
enum class Then { kClose, kReset, kStall };
Script replies(std::string bytes, Then then = Then::kClose) {
  return [bytes = std::move(bytes), then](UpstreamConnection& c) {
    if (!c.read_request()) return;
    c.send(bytes);
    if (then == Then::kReset) c.reset();
    if (then == Then::kStall) c.wait_for_client_close();
  };
}

std::string head_of(std::string_view fields) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + std::string(fields) + "\r\n";
}

std::string chunked(std::string_view body) {
  return head_of("Transfer-Encoding: chunked\r\n") + std::string(body);
}

std::string interim(std::size_t count) {
  std::string heads;
  for (std::size_t i = 0; i < count; ++i) heads += "HTTP/1.1 102 Processing\r\n\r\n";
  return heads;
}

std::string redirect(int status, std::string_view location) {
  return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + std::string(location) +
         "\r\nContent-Length: 0\r\n\r\n";
}

std::string long_header() {
  return head_of("X-Bomb: " + std::string(1 << 20, 'x') + "\r\nContent-Length: 2\r\n") + "{}";
}

std::string many_headers() {
  std::string fields;
  for (int i = 0; i < 20'000; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
  return head_of(fields + "Content-Length: 2\r\n") + "{}";
}

std::string deep() {
  const std::string open(10'000, '[');
  return json_reply(200, open + std::string(open.size(), ']'));
}

INSTANTIATE_TEST_SUITE_P(
    Connection, UpstreamFault,
    ::testing::Values(
        Broken{"ClosesOnceItHasAccepted", [](auto& c) { c.close(); }, 502, kUnreachable},
        Broken{"ResetsOnceItHasAccepted", [](auto& c) { c.reset(); }, 502, kUnreachable},
        Broken{"ClosesOnceItHasTheRequest", replies(""), 502, kUnreachable},
        Broken{"ResetsOnceItHasTheRequest", replies("", Then::kReset), 502, kUnreachable},
        Broken{"StaysSilent", replies("", Then::kStall), 504, kTimeout}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Head, UpstreamFault,
    ::testing::Values(
        Broken{"HalfThenClose", replies("HTTP/1.1 200 OK\r\nContent-Le"), 502, kUnreachable},
        Broken{"HalfThenReset", replies("HTTP/1.1 200 OK\r\nContent-Le", Then::kReset), 502,
               kUnreachable},
        Broken{"HalfThenSilence", replies("HTTP/1.1 200 OK\r\nContent-Le", Then::kStall), 504,
               kTimeout},
        Broken{"IsABombInOneField", replies(long_header()), 502, kInvalid},
        Broken{"IsABombOfManyFields", replies(many_headers()), 502, kInvalid},
        Broken{"NeverEnds", replies("HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'x')), 502,
               kInvalid},
        Broken{"OfAnotherProtocol", replies("220 mail.example ESMTP\r\n"), 502, kInvalid},
        Broken{"OfHttpZeroNine", replies("<html>\r\nhello</html>\r\n"), 502, kInvalid},
        Broken{"BehindAThousandInterimOnes", replies(interim(1000) + json_reply(200, kAnswer)), 502,
               kInvalid},
        Broken{"OfInterimOnesAndNoOther", replies(interim(3), Then::kStall), 504, kTimeout},
        Broken{"SwitchesProtocols",
               replies("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                       "Connection: upgrade\r\n\r\n",
                       Then::kStall),
               502, kInvalid}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Body, UpstreamFault,
    ::testing::Values(
        Broken{"ShorterThanItsLength", replies(head_of("Content-Length: 100\r\n") + "{}"), 502,
               kUnreachable},
        Broken{"ResetBeforeItsEnd",
               replies(head_of("Content-Length: 100\r\n") + "{}", Then::kReset), 502, kUnreachable},
        Broken{"SilentBeforeItsEnd",
               replies(head_of("Content-Length: 100\r\n") + "{}", Then::kStall), 504, kTimeout},
        Broken{"WithoutItsLastChunk", replies(chunked(chunk(kAnswer))), 502, kUnreachable},
        Broken{"CutInAChunk", replies(chunked("ff\r\n{")), 502, kUnreachable},
        Broken{"OfAChunkWithoutASize", replies(chunked("what\r\n{}\r\n")), 502, kInvalid},
        Broken{"OfAChunkLargerThanItsSize", replies(chunked("2\r\n{\"a\":1}\r\n0\r\n\r\n")), 502,
               kInvalid},
        Broken{"OfAChunkOfTwoToThe64", replies(chunked("10000000000000000\r\n{}")), 502, kInvalid},
        Broken{"OfTwoLengths",
               replies(head_of("Content-Length: 2\r\nContent-Length: 3\r\n") + "{}"), 502,
               kInvalid},
        Broken{"OfALengthAndChunks",
               replies(head_of("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n") + "{}"), 502,
               kInvalid},
        Broken{"LargerThanMaxResponse",
               replies(json_reply(200, "\"" + std::string(100 << 10, 'x') + "\"")), 502, kInvalid}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Content, UpstreamFault,
    ::testing::Values(
        Broken{"Html",
               replies("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                       "Content-Length: 6\r\n\r\n<html>"),
               502, kInvalid},
        Broken{"Nothing", replies(json_reply(200, "")), 502, kInvalid},
        Broken{"NoContent", replies("HTTP/1.1 204 No Content\r\n\r\n"), 502, kInvalid},
        Broken{"HalfJson", replies(json_reply(200, R"({"id":)")), 502, kInvalid},
        Broken{"DeepJson", replies(deep()), 502, kInvalid},
        Broken{"Gzip", replies(json_reply(200, "\x1f\x8b\x08", "Content-Encoding: gzip\r\n")), 502,
               kInvalid},
        Broken{"Brotli", replies(json_reply(200, kAnswer, "Content-Encoding: br\r\n")), 502,
               kInvalid}),
    [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Redirect, UpstreamFault,
    ::testing::Values(
        Broken{"Found301", replies(redirect(301, "http://169.254.169.254/")), 502, kInvalid},
        Broken{"Found302", replies(redirect(302, "file:///etc/passwd")), 502, kInvalid},
        Broken{"Temporary307", replies(redirect(307, "/v1/chat/completions")), 502, kInvalid},
        Broken{"Permanent308", replies(redirect(308, "https://other.example/")), 502, kInvalid},
        Broken{"NotModified304", replies("HTTP/1.1 304 Not Modified\r\n\r\n"), 502, kInvalid}),
    [](const auto& test) { return test.param.name; });

TEST(UpstreamRedirect, TakesTheCredentialNowhereElse) {
  ScriptedUpstream other;
  for (const int status : {301, 302, 303, 307, 308}) {
    Deployment setup;
    setup.provider.on_request([&, status](auto& c) { c.send(redirect(status, other.base_url())); });
    EXPECT_EQ(setup.chat().status(), 502);
  }
  EXPECT_EQ(other.connections(), 0u);
}

TEST(UpstreamConnect, ThatHangsIsGivenUpAfterItsTime) {
  const FullListener nobody;
  const GatewayProcess gateway(
      "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
      "control: {listen: \"127.0.0.1:0\"}\n"
      "upstreams: {provider: {base_url: \"http://127.0.0.1:" +
      std::to_string(nobody.port()) + "/v1\", timeouts: {connect: 100ms}}}\nchain: [log]\n");
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const Message answer = fetch(gateway.port(), post(kChat, kHello));
  EXPECT_EQ(answer.status(), 504);
  EXPECT_EQ(error_of(answer)["code"], kTimeout);
  EXPECT_TRUE(eventually([&] { return metric(gateway, endings("complete")) == 1; }));
}

// ---------------------------------------------------------------- once the stream has begun

struct Cut {
  const char* name;
  Script end;  // after the head and two events
  const char* code;
};

class UpstreamStreamFault : public ::testing::TestWithParam<Cut> {};

TEST_P(UpstreamStreamFault, IsToldAsAnErrorWithoutAnEndAndSettled) {
  Deployment setup(", timeouts: {idle: 300ms}", "", kSlowLimit);
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
            [](auto& c) { c.send(chunk("data: " + std::string(9 << 20, 'x'))); }, kInvalid}),
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

// ---------------------------------------------------------------- too much, too early

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

// ---------------------------------------------------------------- what errors may say

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
