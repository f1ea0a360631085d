// What a provider may do wrong before its answer has begun for the client; docs/faults.md has the
// list.

#include <gmock/gmock.h>

#include "integration/faults.h"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

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

}  // namespace
}  // namespace penstock::test
