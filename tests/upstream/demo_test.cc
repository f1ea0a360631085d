#include "upstream/demo.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "runtime/loop.h"
#include "support/test_exchange.h"

namespace penstock::upstream {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using test::TestExchange;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kHello = R"({"role":"user","content":"hello there"})";

std::string chat(const std::string& members = {}, const std::string& messages = kHello,
                 const std::string& model = "demo") {
  return R"({"model":")" + model + R"(","messages":[)" + messages + "]" +
         (members.empty() ? "" : "," + members) + "}";
}

// Sends one request to a demo without a pace, and reads its answer to the end.
struct Answer {
  int status = 0;
  Headers headers;
  std::string body;
  Usage usage;
  std::optional<Error> error;  // of send, or of the body

  json object() const { return json::parse(body, nullptr, /*allow_exceptions=*/false); }
  std::string text() const { return object()["choices"][0]["message"]["content"]; }
};

void read_body(Response& response, Answer& answer) {
  response.body.on_finish([&answer](const Outcome& outcome) { answer.usage = outcome.usage; });
  while (true) {
    auto chunk = response.body.read({});
    if (!chunk) answer.error = chunk.error();
    if (!chunk || !*chunk) break;
    answer.body += (*chunk)->bytes;
  }
  response.body.finish({});
}

Answer ask(Route route, const std::string& body) {
  TestExchange x(route, body);
  runtime::Loop loop(x.clock());
  Answer answer;
  loop.spawn([&] {
    auto response = Demo(0ms).send(x);
    if (!response) {
      answer.error = response.error();
      return;
    }
    answer.status = response->status;
    answer.headers = response->headers;
    read_body(*response, answer);
  });
  loop.run_until_idle();
  return answer;
}

Answer ask_chat(const std::string& body) {
  return ask(Route::kChatCompletions, body);
}

// The data of each event; everything else in the stream would be a fault.
std::vector<std::string> events(const std::string& stream) {
  std::vector<std::string> list;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t end = stream.find("\n\n", at);
    EXPECT_EQ(stream.substr(at, 6), "data: ");
    if (end == std::string::npos) break;
    list.push_back(stream.substr(at + 6, end - at - 6));
    at = end + 2;
  }
  return list;
}

std::vector<json> chunks(const std::string& stream) {
  std::vector<json> list;
  for (const std::string& data : events(stream)) {
    if (data != "[DONE]") list.push_back(json::parse(data));
  }
  return list;
}

std::string streamed_text(const std::vector<json>& chunks, int choice = 0) {
  std::string text;
  for (const json& chunk : chunks) {
    for (const json& part : chunk["choices"]) {
      if (part["index"] == choice) text += part["delta"].value("content", "");
    }
  }
  return text;
}

TEST(Demo, RepeatsTheLastUserMessageInACompletion) {
  const Answer answer = ask_chat(chat({}, R"({"role":"system","content":"be brief"},
      {"role":"user","content":"first"},{"role":"assistant","content":"yes"},
      {"role":"user","content":[{"type":"text","text":"last "},{"type":"text","text":"words"}]})"));
  const json object = answer.object();

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.get("content-type"), "application/json");
  EXPECT_EQ(object["object"], "chat.completion");
  EXPECT_EQ(object["model"], "demo");
  EXPECT_EQ(object["id"], "chatcmpl-req_test");
  EXPECT_EQ(object["created"], 1'767'323'045);
  ASSERT_EQ(object["choices"].size(), 1u);
  EXPECT_EQ(object["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(object["choices"][0]["message"]["role"], "assistant");
  EXPECT_FALSE(object["choices"][0]["message"].contains("tool_calls"));
  EXPECT_THAT(answer.text(), StartsWith("You said: last words\n\n"));
}

TEST(Demo, CountsFourBytesOfInputAndEachWordOfOutputAsAToken) {
  const Answer answer = ask_chat(chat(R"("stop":"\n")"));  // You said: hello there
  const json usage = answer.object()["usage"];
  EXPECT_EQ(usage["prompt_tokens"], 3);
  EXPECT_EQ(usage["completion_tokens"], 4);
  EXPECT_EQ(usage["total_tokens"], 7);
  EXPECT_EQ(answer.usage.origin, Usage::Origin::kMeasured);
  EXPECT_EQ(answer.usage.input, 3u);
  EXPECT_EQ(answer.usage.output, 4u);
}

TEST(Demo, SaysTheSameToTheSameRequest) {
  EXPECT_EQ(ask_chat(chat()).body, ask_chat(chat()).body);
  EXPECT_NE(ask_chat(chat()).body, ask_chat(chat({}, R"({"role":"user","content":"bye"})")).body);
}

TEST(Demo, QuotesALongMessageOnlyInPartAndNeverHalfACharacter) {
  std::string message = "x";
  for (int i = 0; i < 2000; ++i) message += "é";
  const Answer answer = ask_chat(chat({}, R"({"role":"user","content":")" + message + R"("})"));
  EXPECT_THAT(answer.text(), HasSubstr("x" + message.substr(1, 1998) + "\n\n"));
  EXPECT_EQ(answer.object()["usage"]["prompt_tokens"], 1001);
}

TEST(Demo, StreamsTheSameTextThatItSaysWhole) {
  const Answer whole = ask_chat(chat());
  const Answer stream = ask_chat(chat(R"("stream":true)"));
  const auto list = chunks(stream.body);

  EXPECT_EQ(stream.headers.get("content-type"), "text/event-stream; charset=utf-8");
  EXPECT_EQ(streamed_text(list), whole.text());
  EXPECT_THAT(stream.body, EndsWith("data: [DONE]\n\n"));
  EXPECT_EQ(list.front()["choices"][0]["delta"],
            json::parse(R"({"role":"assistant","content":"","refusal":null})"));
  EXPECT_EQ(list.back()["choices"][0]["delta"], json::object());
  EXPECT_EQ(list.back()["choices"][0]["finish_reason"], "stop");
  for (const json& chunk : list) {
    EXPECT_EQ(chunk["object"], "chat.completion.chunk");
    EXPECT_EQ(chunk["id"], list.front()["id"]);
    EXPECT_FALSE(chunk.contains("usage"));
  }
  EXPECT_EQ(stream.usage.origin, Usage::Origin::kMeasured);
  EXPECT_EQ(stream.usage.output, whole.usage.output);
}

TEST(Demo, WritesAStreamByteForByteAsTheApiDoes) {
  const Answer answer =
      ask_chat(chat(R"("stream":true,"stream_options":{"include_usage":true},"max_tokens":1)"));
  const std::string head =
      R"(data: {"id":"chatcmpl-req_test","object":"chat.completion.chunk","created":1767323045,)"
      R"("model":"demo","choices":[)";
  EXPECT_EQ(answer.body,
            head +
                R"({"index":0,"delta":{"role":"assistant","content":"","refusal":null},)"
                R"("logprobs":null,"finish_reason":null}],"usage":null})"
                "\n\n" +
                head +
                R"({"index":0,"delta":{"content":"You"},"logprobs":null,"finish_reason":null}],)"
                R"("usage":null})"
                "\n\n" +
                head +
                R"({"index":0,"delta":{},"logprobs":null,"finish_reason":"length"}],)"
                R"("usage":null})"
                "\n\n" +
                head +
                R"(],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}})"
                "\n\n"
                "data: [DONE]\n\n");
}

TEST(Demo, EndsWithLengthAtTheLargestCap) {
  const json object = ask_chat(chat(R"("max_tokens":1,"max_completion_tokens":2)")).object();
  EXPECT_EQ(object["choices"][0]["message"]["content"], "You said:");
  EXPECT_EQ(object["choices"][0]["finish_reason"], "length");
  EXPECT_EQ(object["usage"]["completion_tokens"], 2);
}

TEST(Demo, CutsBeforeTheFirstOfTheStopSequences) {
  const json object = ask_chat(chat(R"("stop":["there","lo","absent"])")).object();
  EXPECT_EQ(object["choices"][0]["message"]["content"], "You said: hel");
  EXPECT_EQ(object["choices"][0]["finish_reason"], "stop");
}

TEST(Demo, GivesAsManyChoicesAsAskedFor) {
  const json object = ask_chat(chat(R"("n":3,"max_tokens":2)")).object();
  ASSERT_EQ(object["choices"].size(), 3u);
  EXPECT_EQ(object["choices"][2]["index"], 2);
  EXPECT_EQ(object["usage"]["completion_tokens"], 6);

  const auto list = chunks(ask_chat(chat(R"("n":2,"stream":true,"max_tokens":2)")).body);
  EXPECT_EQ(list.size(), 8u);  // for each of two: role, two pieces, finish
  EXPECT_EQ(streamed_text(list, 0), "You said:");
  EXPECT_EQ(streamed_text(list, 1), "You said:");
}

TEST(Demo, AnswersWithAJsonObjectWhenAskedTo) {
  for (const char* type : {"json_object", "json_schema"}) {
    const auto format = R"("response_format":{"type":")" + std::string(type) + R"("})";
    const json content = json::parse(ask_chat(chat(format)).text());
    EXPECT_THAT(std::string(content["answer"]), StartsWith("You said: hello there")) << type;
  }
}

constexpr const char* kTools = R"("tools":[{"type":"function","function":{"name":"first"}},)"
                               R"({"type":"function","function":{"name":"second"}}])";

TEST(Demo, CallsAToolOnlyWhenItMust) {
  const std::string named = R"("tool_choice":{"type":"function","function":{"name":"second"}},)";
  const json free = ask_chat(chat(kTools)).object()["choices"][0];
  const json forced = ask_chat(chat(named + kTools)).object()["choices"][0];

  EXPECT_FALSE(free["message"].contains("tool_calls"));
  EXPECT_EQ(forced["finish_reason"], "tool_calls");
  EXPECT_TRUE(forced["message"]["content"].is_null());
  EXPECT_EQ(forced["message"]["tool_calls"], json::parse(R"([{"id":"call_demo","type":"function",
      "function":{"name":"second","arguments":"{}"}}])"));
}

TEST(Demo, StreamsAToolCallWithItsNameOnceAndItsArgumentsAfter) {
  const auto list = chunks(
      ask_chat(chat(R"("tool_choice":"required","stream":true,)" + std::string(kTools))).body);
  ASSERT_EQ(list.size(), 3u);
  EXPECT_EQ(list[0]["choices"][0]["delta"], json::parse(R"({"role":"assistant","content":null,
      "refusal":null,"tool_calls":[{"index":0,"id":"call_demo","type":"function",
      "function":{"name":"first","arguments":""}}]})"));
  EXPECT_EQ(list[1]["choices"][0]["delta"],
            json::parse(R"({"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]})"));
  EXPECT_EQ(list[2]["choices"][0]["finish_reason"], "tool_calls");
}

TEST(Demo, RefusesAToolThatIsNotThere) {
  const Answer answer = ask_chat(chat(
      R"("tool_choice":{"type":"function","function":{"name":"third"}},)" + std::string(kTools)));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.object()["error"]["param"], "tool_choice");
}

TEST(Demo, AnswersOddRequestsWithoutBreaking) {
  for (const char* members :
       {R"("stop":[])", R"("stop":["",7,null])", R"("tools":[],"tool_choice":"none")",
        R"("tools":{},"tool_choice":{"function":[]})", R"("response_format":"json_object")"}) {
    EXPECT_EQ(ask_chat(chat(members)).status, 200) << members;
  }
  for (const char* message : {"", "7", R"({"role":"user"})", R"({"role":"user","content":[7,{}]})",
                              R"({"role":"user","content":null})"}) {
    EXPECT_THAT(ask_chat(chat({}, message)).text(), StartsWith("You said: \n\n")) << message;
  }
}

TEST(Demo, PlaysAProviderThatRefuses) {
  const Answer limited = ask_chat(chat({}, kHello, "demo-error-429"));
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.headers.get("retry-after"), "1");
  EXPECT_EQ(limited.object()["error"]["code"], "rate_limit_exceeded");

  const Answer failed = ask_chat(chat(R"("stream":true)", kHello, "demo-error-500"));
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(failed.object()["error"]["type"], "server_error");
  EXPECT_TRUE(failed.object()["error"]["code"].is_null());
}

TEST(Demo, BreaksOffInTheMiddleAsDemoCut) {
  const Answer stream = ask_chat(chat(R"("stream":true)", kHello, "demo-cut"));
  ASSERT_TRUE(stream.error);
  EXPECT_EQ(stream.error->kind, ErrorKind::kUpstreamUnreachable);
  EXPECT_THAT(stream.body, HasSubstr("You"));
  EXPECT_THAT(stream.body, ::testing::Not(HasSubstr("[DONE]")));
  EXPECT_EQ(stream.usage.origin, Usage::Origin::kCounted);
  EXPECT_EQ(stream.usage.output, chunks(stream.body).size() - 1);

  const Answer whole = ask_chat(chat({}, kHello, "demo-cut"));
  ASSERT_TRUE(whole.error);
  EXPECT_EQ(whole.error->kind, ErrorKind::kUpstreamUnreachable);
}

TEST(Demo, EmbedsEachInputAsAUnitVector) {
  const json object =
      ask(Route::kEmbeddings, R"({"model":"demo","input":["one","two","one"]})").object();
  ASSERT_EQ(object["data"].size(), 3u);
  EXPECT_EQ(object["data"][0]["embedding"], object["data"][2]["embedding"]);
  EXPECT_NE(object["data"][0]["embedding"], object["data"][1]["embedding"]);
  double square = 0;
  for (const double number : object["data"][1]["embedding"]) square += number * number;
  EXPECT_NEAR(square, 1.0, 1e-6);
  EXPECT_EQ(object["data"][1]["embedding"].size(), 8u);
  EXPECT_EQ(object["usage"]["total_tokens"], 3);
}

TEST(Demo, EmbedsTextsAndTokenNumbersInBothEncodings) {
  struct Case {
    const char* input;
    std::size_t vectors;
    int tokens;
  };
  for (const Case& c : {Case{R"("text")", 1, 1}, Case{"[1,2,3]", 1, 3}, Case{"[[1,2],[3]]", 2, 3},
                        Case{R"(["a","b"])", 2, 2}}) {
    const json object = ask(Route::kEmbeddings, R"({"model":"demo","encoding_format":"base64",)"
                                                R"("input":)" +
                                                    std::string(c.input) + "}")
                            .object();
    ASSERT_EQ(object["data"].size(), c.vectors) << c.input;
    EXPECT_EQ(std::string(object["data"][0]["embedding"]).size(), 44u) << c.input;  // 32 bytes
    EXPECT_EQ(object["usage"]["prompt_tokens"], c.tokens) << c.input;
  }
}

TEST(Demo, RefusesEmbeddingsOfNothingOrOfTooMuch) {
  std::string many = "\"x\"";
  for (int i = 0; i < 2048; ++i) many += ",\"x\"";
  for (const std::string& input :
       {std::string(), std::string(R"(,"input":[])"), R"(,"input":[)" + many + "]"}) {
    const Answer answer = ask(Route::kEmbeddings, R"({"model":"demo")" + input + "}");
    EXPECT_EQ(answer.status, 400) << input.substr(0, 20);
    EXPECT_EQ(answer.object()["error"]["param"], "input");
  }
}

TEST(Demo, KnowsNoOtherRoute) {
  const Answer answer = ask(Route::kModerations, R"({"input":"x"})");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.object()["error"]["type"], "invalid_request_error");
  EXPECT_THAT(std::string(answer.object()["error"]["message"]), HasSubstr("/moderations"));
}

// How much a stream gives while time goes by, on a loop whose time the test moves.
class DemoPace : public ::testing::Test {
 protected:
  void start(const std::string& model, std::chrono::milliseconds idle = 1h) {
    x_.emplace(Route::kChatCompletions, chat(R"("stream":true)", kHello, model));
    loop_.emplace(x_->clock());
    loop_->spawn([this, idle] {
      auto response = Demo(20ms).send(*x_);
      while (true) {
        auto chunk = response->body.read(x_->within(idle));
        if (!chunk) error_ = chunk.error().kind;
        if (!chunk || !*chunk) return;
        ++reads_;
      }
    });
  }
  int reads_after(std::chrono::milliseconds time) {
    x_->manual_clock().advance(time);
    loop_->fire_timers();
    return reads_;
  }

  std::optional<TestExchange> x_;
  std::optional<runtime::Loop> loop_;
  int reads_ = 0;
  std::optional<ErrorKind> error_;
};

TEST_F(DemoPace, LiesBetweenTheWordsOfAStream) {
  start("demo");
  EXPECT_EQ(reads_, 1);  // the role comes at once
  EXPECT_EQ(reads_after(19ms), 1);
  EXPECT_EQ(reads_after(1ms), 2);
  EXPECT_EQ(reads_after(20ms), 3);
  x_->cancel().request();
}

TEST_F(DemoPace, IsTenTimesSlowerWithDemoSlow) {
  start("demo-slow");
  EXPECT_EQ(reads_after(199ms), 1);
  EXPECT_EQ(reads_after(1ms), 2);
  x_->cancel().request();
}

TEST_F(DemoPace, EndsWhenTheClientLeaves) {
  start("demo");
  reads_after(20ms);
  x_->cancel().request();
  EXPECT_EQ(error_, ErrorKind::kCancelled);
  EXPECT_EQ(loop_->fibers(), 0u);
}

TEST_F(DemoPace, EndsWhenItIsSlowerThanTheTimeOut) {
  start("demo-slow", 100ms);
  reads_after(100ms);
  EXPECT_EQ(error_, ErrorKind::kUpstreamTimeout);
}

TEST(Demo, TakesOnePaceForAWholeAnswerAndCountsItAsWaiting) {
  TestExchange x(Route::kChatCompletions, chat());
  runtime::Loop loop(x.clock());
  int status = 0;
  loop.spawn([&] { status = Demo(20ms).send(x)->status; });
  EXPECT_EQ(status, 0);
  x.manual_clock().advance(20ms);
  loop.fire_timers();
  EXPECT_EQ(status, 200);
  EXPECT_EQ(x.upstream_wait, 20ms);
}

}  // namespace
}  // namespace penstock::upstream
