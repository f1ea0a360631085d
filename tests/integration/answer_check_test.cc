// Answers that are not what was asked for, between a real client and a scripted provider.

#include <future>
#include <string>

#include <gmock/gmock.h>

#include "integration/fixture.h"

namespace penstock::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

/// A gateway whose json_schema has this option `response`.
struct Checked {
  explicit Checked(const std::string& response)
      : gateway(with_response(config(provider), response)) {
    EXPECT_TRUE(gateway.started()) << gateway.errors();
  }
  static std::string with_response(std::string yaml, const std::string& response) {
    const std::string before = "{request: builtin}";
    return yaml.replace(yaml.find(before), before.size(),
                        "{request: builtin, response: " + response + "}");
  }
  Message chat(const std::string& body) const {
    return fetch(gateway.port(), post(kChat, body, kKey));
  }
  json record() const {
    const auto line = gateway.wait_for_log(
        [](const json& entry) { return entry.value("event", "") == "exchange"; });
    EXPECT_TRUE(line);
    return line.value_or(json::object());
  }
  std::string metrics() const { return fetch(gateway.control_port(), get("/metrics")).body; }

  ScriptedUpstream provider;
  GatewayProcess gateway;
};

/// Asks for {"a": integer}.
std::string ask(const std::string& more = "") {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],"response_format":{)"
         R"("type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{)"
         R"("type":"object","properties":{"a":{"type":"integer"}},"required":["a"],)"
         R"("additionalProperties":false}}})" +
         more + "}";
}

std::string completion(const std::string& content) {
  return json{{"id", "c"},
              {"object", "chat.completion"},
              {"choices",
               {{{"index", 0},
                 {"message", {{"role", "assistant"}, {"content", content}}},
                 {"finish_reason", "stop"}}}},
              {"usage", {{"prompt_tokens", 10}, {"completion_tokens", 2}}}}
      .dump();
}

std::string frame(const std::string& content, const json& reason = nullptr) {
  return sse_frame(
      json{{"choices", {{{"delta", {{"content", content}}}, {"finish_reason", reason}}}}}.dump());
}

/// The content of the deltas that a client got.
std::string content_of(const std::string& body) {
  std::string content;
  for (std::size_t at = body.find("data: {"); at != std::string::npos;
       at = body.find("data: {", at + 1)) {
    const json event = json::parse(body.substr(at + 6, body.find("\n\n", at) - at - 6));
    if (event.contains("choices")) {
      content += event["choices"][0]["delta"].value("content", "");
    }
  }
  return content;
}

TEST(AnswerCheck, TellsTheClientWhatIsWrongWithAnAnswer) {
  Checked setup("structured");
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, completion(R"({"a":"1"})"))); });

  const Message answer = setup.chat(ask());

  EXPECT_EQ(answer.status(), 502);
  EXPECT_EQ(answer.field("x-should-retry"), "false");
  EXPECT_EQ(error_of(answer)["code"], "upstream_invalid_response");
  EXPECT_THAT(error_of(answer)["message"].get<std::string>(),
              HasSubstr("choices[0].message.content: at a: expected an integer, found a string"));
  const json record = setup.record();
  EXPECT_EQ(record["response_verdict"], "invalid");
  EXPECT_EQ(record["status"], 502);
  EXPECT_EQ(record["output_tokens"], 2);
  EXPECT_THAT(
      setup.metrics(),
      HasSubstr(
          R"(penstock_schema_verdicts_total{side="response",verdict="invalid",mode="enforce"} 1)"));
}

TEST(AnswerCheck, AsksTheModelAgainAndAccountsForBothAnswers) {
  Checked setup("{structured: {retry: 1}}");
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, completion("no"))); });
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, completion(R"({"a":1})"))); });

  const Message answer = setup.chat(ask());

  EXPECT_EQ(answer.body, completion(R"({"a":1})"));
  EXPECT_TRUE(answer.complete);
  const auto requests = setup.provider.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(json::parse(requests[1].body)["messages"][1]["content"], "no");
  const json record = setup.record();
  EXPECT_EQ(record["response_verdict"], "repaired");
  EXPECT_EQ(record["outcome"], "complete");
  EXPECT_EQ(record["input_tokens"], 20);
  EXPECT_EQ(record["output_tokens"], 4);
}

TEST(AnswerCheck, RefusesASchemaThatCannotBeUsedBeforeAnybodyPays) {
  Checked setup("structured");
  const Message answer =
      setup.chat(R"({"model":"m","messages":[{"role":"user","content":"hi"}],"response_format":{)"
                 R"("type":"json_schema","json_schema":{"name":"n","schema":{"type":"strin"}}}})");
  EXPECT_EQ(answer.status(), 400);
  EXPECT_EQ(error_of(answer)["param"], "response_format.json_schema.schema");
  EXPECT_EQ(error_of(answer)["code"], "invalid_json_schema");
  EXPECT_TRUE(setup.provider.requests().empty());
}

TEST(AnswerCheck, HoldsAnAnswerToTheFormOfTheApi) {
  Checked setup("provider");
  setup.provider.on_request(
      [](auto& c) { c.send(json_reply(200, R"({"choices":[{"message":{"content":[1]}}]})")); });
  EXPECT_EQ(setup.chat(std::string(kHello)).status(), 200);
  setup.provider.on_request([](auto& c) { c.send(json_reply(200, R"({"result":"hi"})")); });
  const Message answer = setup.chat(std::string(kHello));
  EXPECT_EQ(answer.status(), 502);
  EXPECT_EQ(error_of(answer)["code"], "upstream_invalid_response");
  EXPECT_THAT(error_of(answer)["message"].get<std::string>(), HasSubstr("choices: "));
}

/// One stream of a provider in two pieces, the second of which comes when the client has what it
/// can have of the first.
Message read_in_two(Checked& setup, const std::string& events, std::size_t cut) {
  std::promise<void> go_on;
  // With a copy of the events: the provider may still write them when the test is over.
  setup.provider.on_request([events, cut, waits = go_on.get_future().share()](auto& c) {
    c.send(sse_head() + chunk(events.substr(0, cut)));
    waits.wait();
    c.send((cut < events.size() ? chunk(events.substr(cut)) : "") + std::string(kLastChunk));
  });
  RawClient client(setup.gateway.port());
  Message answer;
  client.send(post(kChat, ask(R"(,"stream":true)"), kKey));
  const bool has_event = events.find("\n\n") + 2 <= cut;
  // What was refused at once has no events.
  const bool begun = has_event && client.read_head(answer);
  if (begun) client.read_until(answer, "\n\n");
  go_on.set_value();
  if (!begun && !client.read_head(answer)) return answer;
  // The gateway keeps the connection open for a while behind an error event.
  while (answer.body.find("\"error\"") == std::string::npos && client.read_piece(answer)) {
  }
  return answer;
}

TEST(AnswerCheckOfStreams, PassesWhatFitsWhereverItIsCut) {
  Checked setup("{provider: true, structured: true}");
  const std::string events =
      frame(R"({"a)") + frame(R"(":1)") + frame("}") + frame("", "stop") + sse_frame("[DONE]");
  for (std::size_t cut = 1; cut <= events.size(); ++cut) {
    const Message answer = read_in_two(setup, events, cut);
    EXPECT_EQ(content_of(answer.body), R"({"a":1})") << cut;
    EXPECT_TRUE(answer.complete) << cut;
    EXPECT_THAT(answer.body, HasSubstr("[DONE]"));
  }
}

TEST(AnswerCheckOfStreams, NeverGivesOutAWholeWrongTextWhereverItIsCut) {
  Checked setup("structured");
  const std::string right = frame("{") + frame(R"("a)") + frame("\":");
  const std::string events =
      right + frame("\"1\"") + frame("}") + frame("", "stop") + sse_frame("[DONE]");
  std::size_t begun = 0;
  for (std::size_t cut = 1; cut <= events.size(); ++cut) {
    const Message answer = read_in_two(setup, events, cut);
    EXPECT_FALSE(answer.status() == 200 && answer.complete) << cut;
    EXPECT_THAT(answer.body, Not(HasSubstr("[DONE]")));
    EXPECT_THAT(answer.body, Not(HasSubstr(R"("stop")")));
    EXPECT_THAT(answer.body, HasSubstr("upstream_invalid_response"));
    if (answer.status() == 200) {
      ++begun;
      EXPECT_TRUE(std::string_view(R"({"a":)").starts_with(content_of(answer.body))) << cut;
    } else {
      EXPECT_EQ(answer.status(), 502) << cut;  // all of it came before the head went out
    }
  }
  EXPECT_GE(begun, right.size() - frame("{").size());
}

TEST(AnswerCheckOfStreams, EndsTheStreamAtTheFirstEventThatIsNoChunk) {
  Checked setup("provider");
  setup.provider.on_request([](auto& c) {
    c.send(sse_head() + chunk(frame("one")));
    if (!c.stall()) return;
    c.send(chunk(sse_frame(R"({"choices":"none"})") + frame("two", "stop")) +
           chunk(sse_frame("[DONE]")) + std::string(kLastChunk));
  });
  RawClient client(setup.gateway.port());
  Message answer;
  client.send(post(kChat, kHelloStream, kKey));
  ASSERT_TRUE(client.read_head(answer));
  ASSERT_TRUE(client.read_until(answer, "one"));
  setup.provider.release();
  ASSERT_TRUE(client.read_until(answer, "upstream_invalid_response"));
  client.close();
  EXPECT_THAT(answer.body, Not(HasSubstr(R"("two")")));
  EXPECT_THAT(answer.body, HasSubstr("choices: expected an array, found a string"));
  const json record = setup.record();
  EXPECT_EQ(record["outcome"], "upstream_failed");
  EXPECT_EQ(record["response_verdict"], "invalid");
}

TEST(AnswerCheckOfStreams, RepairsAStreamThatIsHeldBack) {
  Checked setup("{structured: {retry: 1, hold: 1KiB}}");
  for (const char* content : {R"({"b":1})", R"({"a":1})"}) {
    setup.provider.on_request([content](auto& c) {
      c.send(sse_head() + chunk(frame(content)) + chunk(frame("", "stop")) +
             chunk(sse_frame("[DONE]")) + std::string(kLastChunk));
    });
  }
  const Message answer = setup.chat(ask(R"(,"stream":true)"));
  EXPECT_EQ(content_of(answer.body), R"({"a":1})");
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(setup.record()["response_verdict"], "repaired");
  EXPECT_EQ(setup.provider.requests().size(), 2U);
}

}  // namespace
}  // namespace penstock::test
