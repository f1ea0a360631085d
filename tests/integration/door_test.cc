// What is refused at the door, and what the door says to browsers.

#include <gmock/gmock.h>

#include "integration/fixture.h"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Refused {
  const char* name;
  std::string request;
  int status;
  const char* code;
};

class Door : public ::testing::TestWithParam<Refused> {};

TEST_P(Door, RefusesInTheOpenaiShapeAndForwardsNothing) {
  Deployment setup(", timeouts: {connect: 1s}", ", limits: {max_body: 4KiB, max_head: 8KiB}");
  RawClient client(setup.gateway.port());
  client.send(GetParam().request);

  const Message answer = client.read_answer();

  EXPECT_EQ(answer.status(), GetParam().status);
  EXPECT_EQ(error_of(answer)["code"], GetParam().code);
  EXPECT_EQ(error_of(answer)["origin"], "gateway");
  EXPECT_EQ(error_of(answer)["request_id"], answer.field("x-request-id"));
  EXPECT_EQ(answer.field("connection"), "close");
  EXPECT_EQ(client.wait_for_end(), Socket::State::kEnd);
  EXPECT_EQ(setup.provider.connections(), 0u);
  const auto line = setup.gateway.wait_for_log([&](const nlohmann::json& entry) {
    return entry.value("request_id", "") == answer.field("x-request-id");
  });
  ASSERT_TRUE(line);
  EXPECT_EQ((*line)["status"], GetParam().status);
}

std::string typed(std::string_view type) {
  return "POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: 2\r\n\r\n{}";
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Door,
    ::testing::Values(
        Refused{"UnknownPath", post("/v1/nonsense", kHello, kKey), 404, "unknown_url"},
        Refused{"WrongMethod", get(kChat, kKey), 405, "method_not_supported"},
        Refused{"FormBody", typed("application/x-www-form-urlencoded"), 415,
                "unsupported_content_type"},
        Refused{"TextBody", typed("text/plain"), 415, "unsupported_content_type"},
        Refused{"LargeBody", post(kChat, std::string(5000, ' '), kKey), 413, "request_too_large"},
        Refused{
            "LargeChunkedBody",
            "POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\n\r\n1388\r\n" +
                std::string(5000, ' ') + "\r\n0\r\n\r\n",
            413, "request_too_large"},
        Refused{"LargeHead", get("/v1/models", "X-Big: " + std::string(9000, 'x') + "\r\n"), 431,
                "headers_too_large"},
        Refused{
            "LengthAndChunks",
            "POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\n"
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400, "malformed_request"},
        Refused{"BareLineFeeds", "GET /v1/models HTTP/1.1\nHost: g\n\n", 400, "malformed_request"},
        Refused{"NoHost", "GET /v1/models HTTP/1.1\r\n\r\n", 400, "malformed_request"},
        Refused{"DotSegments", get("/v1/../admin"), 400, "malformed_request"},
        Refused{"OldVersion", "GET /v1/models HTTP/0.9\r\nHost: g\r\n\r\n", 505,
                "http_version_not_supported"},
        Refused{"OtherExpectation", post(kChat, kHello, "Expect: a-miracle\r\n"), 417,
                "expectation_failed"}),
    [](const auto& test) { return test.param.name; });

struct Bad {
  const char* name;
  const char* body;
  const char* param;
};

class BadRequest : public ::testing::TestWithParam<Bad> {};

TEST_P(BadRequest, NamesTheFieldAndForwardsNothing) {
  Deployment setup;

  const Message answer = setup.chat(GetParam().body);

  EXPECT_EQ(answer.status(), 400);
  const auto error = error_of(answer);
  EXPECT_EQ(error["type"], "invalid_request_error");
  EXPECT_EQ(error["param"].is_null() ? "" : error["param"].get<std::string>(), GetParam().param);
  EXPECT_EQ(setup.provider.connections(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, BadRequest,
    ::testing::Values(
        Bad{"NoJson", "{\"model\":", ""},
        Bad{"TrailingBytes", R"({"model":"m","messages":[]} x)", ""},
        Bad{"InvalidUtf8", "{\"model\":\"\xff\"}", ""},
        Bad{"WrongType", R"({"model":"m","messages":"hi"})", "messages"},
        Bad{"NoMessages", R"({"model":"m","messages":[]})", "messages"},
        Bad{"UnknownRole", R"({"model":"m","messages":[{"role":"robot","content":"x"}]})",
            "messages[0].role"},
        Bad{"Temperature",
            R"({"model":"m","temperature":3,"messages":[{"role":"user","content":"x"}]})",
            "temperature"},
        Bad{"NoModel", R"({"messages":[{"role":"user","content":"x"}]})", "model"},
        Bad{"TwoModels",
            R"({"model":"a","mod\u0065l":"b","messages":[{"role":"user","content":"x"}]})",
            "model"}),
    [](const auto& test) { return test.param.name; });

TEST(Door, ASlowHeadIsGivenUp) {
  Deployment setup("", ", timeouts: {head: 100ms}");
  RawClient client(setup.gateway.port());
  client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: g\r\n");
  const Message answer = client.read_answer();
  EXPECT_EQ(answer.status(), 408);
  EXPECT_EQ(error_of(answer)["code"], "request_timeout");
}

TEST(Door, ASlowBodyIsGivenUp) {
  Deployment setup("", ", timeouts: {body_idle: 100ms}");
  RawClient client(setup.gateway.port());
  const std::string request = post(kChat, kHello, kKey);
  client.send(request.substr(0, request.size() - 5));
  EXPECT_EQ(client.read_answer().status(), 408);
}

TEST(Door, AnIdleConnectionIsClosedWithoutAWord) {
  Deployment setup("", ", timeouts: {keep_alive: 50ms}");
  RawClient client(setup.gateway.port());
  EXPECT_EQ(client.wait_for_end(), Socket::State::kEnd);
}

TEST(Door, ExpectContinueIsAnsweredBeforeTheBody) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  RawClient client(setup.gateway.port());
  const std::string request = post(kChat, kHello, std::string(kKey) + "Expect: 100-continue\r\n");
  const std::size_t body = request.size() - kHello.size();
  client.send(request.substr(0, body));
  EXPECT_EQ(client.read_answer().status(), 100);
  client.send(request.substr(body));
  EXPECT_EQ(client.read_answer().status(), 200);
}

TEST(Door, PipelinedRequestsAreAnsweredInOrder) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  RawClient client(setup.gateway.port());
  client.send(post(kChat, kHello, kKey) + get("/v1/models", kKey) + post(kChat, "{", kKey) +
              get("/livez"));
  EXPECT_EQ(client.read_answer().body, kAnswer);
  EXPECT_THAT(client.read_answer().body, HasSubstr(R"("object":"list")"));
  EXPECT_EQ(client.read_answer().status(), 400);
  EXPECT_EQ(client.read_answer().status(), 200);
}

TEST(Door, HeadHasTheHeadersOfGetAndNoBody) {
  Deployment setup;
  RawClient client(setup.gateway.port());
  client.send("HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
  Message answer;
  ASSERT_TRUE(client.read_head(answer));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.field("content-length"), "15");
}

TEST(Door, AnOldClientGetsTheStreamUntilTheEndOfTheConnection) {
  Deployment setup;
  const std::string reply = sse_reply({delta("one", R"("stop")"), "[DONE]"});
  setup.provider.on_request([reply](auto& c) { c.send(reply); });
  std::string request = post(kChat, kHelloStream, kKey);
  request.replace(request.find("HTTP/1.1"), 8, "HTTP/1.0");
  const Message answer = fetch(setup.gateway.port(), request);
  EXPECT_FALSE(answer.has_field("transfer-encoding"));
  EXPECT_EQ(answer.field("connection"), "close");
  EXPECT_EQ(answer.body, sse_frame(delta("one", R"("stop")")) + sse_frame("[DONE]"));
}

TEST(Browser, APreflightNeedsNoKeyAndTheAnswerMayBeRead) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  const Message preflight =
      fetch(setup.gateway.port(),
            "OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: g\r\nOrigin: https://app.example\r\n"
            "Access-Control-Request-Method: POST\r\n"
            "Access-Control-Request-Headers: authorization,x-stainless-os\r\n\r\n");
  EXPECT_EQ(preflight.status(), 204);
  EXPECT_EQ(preflight.field("access-control-allow-origin"), "https://app.example");
  EXPECT_EQ(preflight.field("access-control-allow-headers"), "authorization,x-stainless-os");

  const Message answer =
      fetch(setup.gateway.port(),
            post(kChat, kHello, std::string(kKey) + "Origin: https://app.example\r\n"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.field("access-control-allow-origin"), "https://app.example");
  EXPECT_THAT(answer.field("access-control-expose-headers"), HasSubstr("x-request-id"));
}

TEST(Browser, WithoutAuthNoForeignPageAndNoReboundNameMayCall) {
  GatewayProcess gateway(
      "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
      "control: {listen: \"127.0.0.1:0\"}\n"
      "upstreams: {demo: {kind: demo, pace: 0s}}\n"
      "chain: [log]\n");
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const auto status = [&](std::string_view host, std::string_view origin) {
    const std::string body(kHello);
    return fetch(gateway.port(),
                 "POST /v1/chat/completions HTTP/1.1\r\nHost: " + std::string(host) + "\r\n" +
                     std::string(origin) + "Content-Type: application/json\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\n\r\n" + body)
        .status();
  };
  EXPECT_EQ(status("127.0.0.1", ""), 200);
  EXPECT_EQ(status("localhost:4000", "Origin: http://localhost:3000\r\n"), 200);
  EXPECT_EQ(status("127.0.0.1", "Origin: https://evil.example\r\n"), 403);
  EXPECT_EQ(status("evil.example", ""), 403);
}

TEST(Routes, TheApiIsServedUnderThreeBases) {
  Deployment setup;
  setup.provider.on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  for (const char* base : {"/v1", "/api/v1", "/openai/v1"}) {
    const std::string path = std::string(base) + "/chat/completions";
    EXPECT_EQ(fetch(setup.gateway.port(), post(path, kHello, kKey)).body, kAnswer);
  }
  for (const Message& request : setup.provider.requests()) {
    EXPECT_EQ(request.target(), "/v1/chat/completions");
  }
}

TEST(Routes, OtherEndpointsAreRelayedByteForByte) {
  Deployment setup;
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, R"({"data":[]})")); });
  setup.provider.on_request([](auto& c) {
    c.send(
        "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nContent-Length: 4\r\n\r\n\x01\x02\x03\x04");
  });
  const std::string embeddings = R"({ "model":"e","input":[1, 2,3] , "dimensions": 8})";
  EXPECT_EQ(fetch(setup.gateway.port(), post("/v1/embeddings", embeddings, kKey)).body,
            R"({"data":[]})");
  const std::string speech = R"({"model":"tts","input":"hello","voice":"v"})";
  const Message audio = fetch(setup.gateway.port(), post("/v1/audio/speech", speech, kKey));
  EXPECT_EQ(audio.body, "\x01\x02\x03\x04");
  EXPECT_EQ(audio.field("content-type"), "audio/mpeg");
  EXPECT_EQ(setup.provider.requests().at(0).body, embeddings);
  EXPECT_EQ(setup.provider.requests().at(1).target(), "/v1/audio/speech");
}

}  // namespace
}  // namespace penstock::test
