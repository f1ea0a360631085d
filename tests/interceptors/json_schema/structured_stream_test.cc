// What a model writes in a stream, held to what the request asked for while it is written.

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/json_schema/answers.h"
#include "runtime/loop.h"
#include "runtime/offload.h"

namespace penstock::json_schema::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kStructured = "response: structured";
const std::string kDone = "data: [DONE]\n\n";

/// Gives an event stream in pieces of whole events, as an upstream does.
class Events final : public BodySource {
 public:
  explicit Events(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
  Result<std::optional<Chunk>> read(Deadline) override {
    if (at_ == pieces_.size()) return std::nullopt;
    return Chunk{pieces_[at_++]};
  }
  Usage usage() const override { return {Usage::Origin::kMeasured, 7, at_}; }

 private:
  std::vector<std::string> pieces_;
  std::size_t at_ = 0;
};

std::string event(const json& delta, const json& reason = nullptr, int choice = 0) {
  return "data: " +
         json{{"object", "chat.completion.chunk"},
              {"choices", {{{"index", choice}, {"delta", delta}, {"finish_reason", reason}}}}}
             .dump(-1, ' ', false, json::error_handler_t::replace) +
         "\n\n";
}
std::string text(const std::string& content, int choice = 0) {
  return event({{"content", content}}, nullptr, choice);
}
std::string finish(const std::string& reason = "stop", int choice = 0) {
  return event(json::object(), reason, choice);
}
std::string arguments(const std::string& piece, int index = 0, const std::string& name = "") {
  json function = {{"arguments", piece}};
  if (!name.empty()) function["name"] = name;
  return event({{"tool_calls", {{{"index", index}, {"function", function}}}}});
}

std::function<Result<Response>(Exchange&)> stream(std::vector<std::string> pieces) {
  return [pieces = std::move(pieces)](Exchange&) {
    Response response;
    response.headers.set("content-type", "text/event-stream");
    response.body = Body(std::make_unique<Events>(pieces));
    return response;
  };
}

/// The content in deltas of `step` bytes, then the end.
std::vector<std::string> in_deltas(const std::string& content, std::size_t step) {
  std::vector<std::string> pieces{event({{"role", "assistant"}, {"content", ""}})};
  for (std::size_t at = 0; at < content.size(); at += step) {
    pieces.push_back(text(content.substr(at, step)));
  }
  pieces.push_back(finish());
  pieces.push_back(kDone);
  return pieces;
}

/// The content of the deltas of a body.
std::string content_of(const std::string& body) {
  std::string content;
  for (std::size_t at = body.find("data: {"); at != std::string::npos;
       at = body.find("data: {", at + 1)) {
    const json chunk = json::parse(body.substr(at + 6, body.find("\n\n", at) - at - 6));
    if (chunk["choices"].empty()) continue;
    content += chunk["choices"][0]["delta"].value("content", "");
  }
  return content;
}

Outcome run(const std::string& yaml, const std::string& request, std::vector<std::string> pieces) {
  Call call(yaml, request);
  call.then(stream(std::move(pieces)));
  return call.run();
}

std::string streamed(std::string_view more = "") {
  return ask(R"(,"stream":true)" + std::string(more));
}
std::string streamed_tool() {
  return ask_tool(R"(,"stream":true)");
}

TEST(StructuredStream, PassesWhatFitsByteForByteHoweverItIsCut) {
  const std::string content = " {\"a\" : 12 }\n";
  for (std::size_t step = 1; step <= content.size(); ++step) {
    const auto pieces = in_deltas(content, step);
    std::string whole;
    for (const std::string& piece : pieces) whole += piece;
    const Outcome outcome = run(kStructured, streamed(), pieces);
    EXPECT_FALSE(outcome.broke) << outcome.error.public_message;
    EXPECT_EQ(outcome.body, whole);
    EXPECT_EQ(outcome.verdict, "valid");
  }
}

/// Gives its pieces in a room that others write into whenever the fiber waits.
class SharedEvents final : public BodySource {
 public:
  SharedEvents(std::vector<std::string> pieces, std::string& room)
      : pieces_(std::move(pieces)), room_(room) {}
  Result<std::optional<Chunk>> read(Deadline) override {
    if (at_ == pieces_.size()) return std::nullopt;
    return Chunk{room_ = pieces_[at_++]};
  }

 private:
  std::vector<std::string> pieces_;
  std::string& room_;
  std::size_t at_ = 0;
};

TEST(StructuredStream, KeepsItsBytesWhileALongVerdictLetsOthersRun) {
  const auto pieces = in_deltas("{\"a\":\"" + std::string(100'000, 'a') + "\"}", 50'000);
  std::string whole;
  for (const std::string& piece : pieces) whole += piece;
  Call call(kStructured,
            R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}],)"
            R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":)"
            R"({"properties":{"a":{"pattern":"^[ab]*a[ab]{900}$"}}}}}})");
  std::string room;
  call.then([&](Exchange&) {
    Response response;
    response.headers.set("content-type", "text/event-stream");
    response.body = Body(std::make_unique<SharedEvents>(pieces, room));
    return response;
  });

  runtime::Loop loop(system_clock());
  Outcome outcome;
  bool done = false;
  int turns_of_others = 0;
  loop.spawn([&] {
    outcome = call.run();
    done = true;
  });
  loop.spawn([&] {
    while (!done) {
      ++turns_of_others;
      room.assign(room.size(), '#');
      runtime::offload([] {});
    }
    loop.stop();
  });
  loop.run();
  EXPECT_EQ(outcome.verdict, "valid");
  EXPECT_TRUE(outcome.body == whole) << "of " << whole.size() << " bytes";
  EXPECT_GT(turns_of_others, 1);
}

// The last schema has a rule that only the whole text can break.
TEST(StructuredStream, NeverGivesOutAWholeTextThatDoesNotFit) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {streamed(), R"({"a":"x"})"},
      {streamed(), R"({"a":1.5})"},
      {streamed(), R"({"b":1})"},
      {streamed(), "{}"},
      {streamed(), "[1]"},
      {streamed(), R"({"a":1} and more)"},
      {streamed(), R"({"a":1)"},
      {R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}],)"
       R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":)"
       R"({"not":{"const":{"a":1}}}}}})",
       R"({"a":1})"}};
  for (const auto& [request, content] : cases) {
    for (std::size_t step = 1; step <= content.size(); ++step) {
      const Outcome outcome = run(kStructured, request, in_deltas(content, step));
      EXPECT_TRUE(outcome.broke) << content << " by " << step;
      EXPECT_EQ(outcome.verdict, "invalid");
      EXPECT_EQ(outcome.error.kind, ErrorKind::kUpstreamInvalid);
      EXPECT_THAT(outcome.error.public_message, HasSubstr("choices[0].message.content: "));
      EXPECT_THAT(outcome.body, Not(HasSubstr("\"stop\"")));
      const std::string given = content_of(outcome.body);
      EXPECT_TRUE(content.starts_with(given));
      const bool looks_whole = json::accept(given) && !json::accept(content + "x");
      EXPECT_FALSE(looks_whole && given == content) << content;
    }
  }
}

TEST(StructuredStream, StopsBeforeTheDeltaThatCannotBecomeValid) {
  const Outcome outcome = run(kStructured, streamed(), in_deltas(R"({"a":tru)", 1));
  EXPECT_EQ(content_of(outcome.body), R"({"a":)");
  EXPECT_THAT(outcome.error.public_message,
              HasSubstr("choices[0].message.content: at a: expected an integer, found a boolean"));
}

TEST(StructuredStream, IsAnErrorAnswerWhereNothingWentOutYet) {
  const Outcome outcome = run(kStructured, streamed(), {text("Sure!"), finish(), kDone});
  EXPECT_EQ(outcome.status, 502);
  EXPECT_EQ(outcome.body, "");
}

struct Case {
  std::string name;
  std::string request;
  std::vector<std::string> pieces;
  std::string verdict;
  std::string message = "";
};

void PrintTo(const Case& given, std::ostream* out) {
  *out << given.name;
}

class StreamVerdict : public testing::TestWithParam<Case> {};

TEST_P(StreamVerdict, Is) {
  const Outcome outcome = run(kStructured, GetParam().request, GetParam().pieces);
  EXPECT_EQ(outcome.verdict, GetParam().verdict);
  EXPECT_EQ(outcome.broke, GetParam().verdict == "invalid") << outcome.error.public_message;
  EXPECT_THAT(outcome.error.public_message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Table, StreamVerdict,
    testing::Values(
        Case{"cut short", streamed(), {text(R"({"a":)"), finish("length"), kDone}, "skipped"},
        Case{"whole although cut short",
             streamed(),
             {text(R"({"a":1})"), finish("length"), kDone},
             "valid"},
        Case{"refusal",
             streamed(),
             {event({{"refusal", "I will not"}}), finish(), kDone},
             "skipped"},
        Case{"no text", streamed(), {finish(), kDone}, "invalid", "expected JSON, found no text"},
        Case{"no choice", streamed(), {kDone}, "invalid", "choices: expected at least one"},
        Case{"no finish_reason", streamed(), {text(R"({"a":1})"), kDone}, "valid"},
        Case{"ends in the middle", streamed(), {text(R"({"a":)"), kDone}, "invalid", "content: "},
        Case{"end and last text in one event",
             streamed(),
             {text(R"({"a":)"), event({{"content", "1}"}}, "stop"), kDone},
             "valid"},
        Case{"more behind the end",
             streamed(),
             {text(R"({"a":1})"), finish(), text(" "), kDone},
             "invalid",
             "more text behind its end"},
        Case{"no end", streamed(), {text(R"({"a":)")}, "skipped"},
        Case{"an event that is no JSON", streamed(), {"data: {\"a\n\n"}, "invalid", "no JSON"},
        Case{"an error of the provider",
             streamed(),
             {text(R"({"a":)"), "data: {\"error\":{\"message\":\"busy\"}}\n\n"},
             "skipped"},
        Case{"two choices, the second wrong",
             streamed(R"(,"n":2)"),
             {text(R"({"a")", 0), text(R"({"a")", 1), text(":1}", 0), text(":[", 1)},
             "invalid",
             "choices[1].message.content: at a: "},
        Case{"two choices",
             streamed(R"(,"n":2)"),
             {text(R"({"a":1})", 1), finish("stop", 1), text(R"({"a":2})", 0), finish("stop", 0),
              kDone},
             "valid"},
        Case{"two choices, one not finished",
             streamed(R"(,"n":2)"),
             {text(R"({"a":1})", 1), finish("stop", 1), text(R"({"a")", 0)},
             "skipped"},
        Case{"a call",
             streamed_tool(),
             {arguments("", 0, "f"), arguments(R"({"n)"), arguments(R"(":1})"),
              finish("tool_calls"), kDone},
             "valid"},
        Case{"a wrong call",
             streamed_tool(),
             {arguments("", 0, "f"), arguments(R"({"n)"), arguments(R"(":")")},
             "invalid",
             "tool_calls[0].function.arguments: at n: expected an integer"},
        Case{"two calls at once",
             streamed_tool(),
             {arguments("{", 0, "f"), arguments("{", 1, "f"), arguments(R"("n":1})", 1),
              arguments(R"("n":null)", 0)},
             "invalid",
             "tool_calls[0]"},
        Case{"a call of nothing",
             streamed_tool(),
             {arguments("{}", 0, "g")},
             "invalid",
             "the request has no function of this name"},
        Case{"a call that says nothing",
             streamed_tool(),
             {arguments("", 0, "f"), finish("tool_calls"), kDone},
             "invalid",
             "the field \"n\" is required"},
        Case{"a legacy call",
             R"({"model":"m","stream":true,"messages":[{"role":"user","content":"a"}],)"
             R"("functions":[{"name":"f","parameters":{"type":"object"}}]})",
             {event({{"function_call", {{"name", "f"}, {"arguments", "["}}}})},
             "invalid",
             "function_call.arguments: expected an object"}));

TEST(StructuredStream, BoundsTheContentThatItKeeps) {
  const Outcome outcome =
      run("response: {structured: {max_content: 8}}", streamed(), in_deltas(R"({"a":1000000})", 1));
  EXPECT_THAT(outcome.error.public_message, HasSubstr("more than max_content, 8 bytes"));
}

TEST(HeldStream, BecomesAPlainErrorWhenItIsFoundOutInTime) {
  const Outcome outcome =
      run("response: {structured: {hold: 1KiB}}", streamed(), in_deltas(R"({"a":1,"b":2})", 1));
  EXPECT_EQ(outcome.status, 502);
  EXPECT_EQ(outcome.body, "");
  EXPECT_EQ(outcome.verdict, "invalid");
  EXPECT_GT(outcome.usage.output.value_or(0), 0U);
}

TEST(HeldStream, PassesWhatFitsUnchanged) {
  const auto pieces = in_deltas(R"({"a":1})", 1);
  std::string whole;
  for (const std::string& piece : pieces) whole += piece;
  for (const char* hold : {"1", "3", "7", "1KiB"}) {
    const Outcome outcome =
        run("response: {structured: {hold: " + std::string(hold) + "}}", streamed(), pieces);
    EXPECT_EQ(outcome.body, whole) << hold;
    EXPECT_EQ(outcome.verdict, "valid") << hold;
    EXPECT_EQ(outcome.usage.input, 7U) << hold;
  }
}

TEST(HeldStream, IsRepairedAsLongAsNothingWentOut) {
  Call call("response: {structured: {hold: 1KiB, retry: 1}}", streamed());
  call.then(stream(in_deltas(R"({"a":"x"})", 1)));
  call.then(stream(in_deltas(R"({"a":1})", 1)));
  const Outcome outcome = call.run();
  EXPECT_EQ(content_of(outcome.body), R"({"a":1})");
  EXPECT_EQ(outcome.verdict, "repaired");
  EXPECT_EQ(outcome.usage.input, 14U);
  EXPECT_EQ(json::parse(call.requests.at(1))["messages"].size(), 3U);
}

TEST(HeldStream, IsNotRepairedOnceSomethingWentOut) {
  Call call("response: {structured: {hold: 2, retry: 1}}", streamed());
  call.then(stream(in_deltas(R"({"a":"x"})", 1)));
  const Outcome outcome = call.run();
  EXPECT_TRUE(outcome.broke);
  EXPECT_EQ(content_of(outcome.body), R"({"a":)");
}

TEST(HeldStream, TellsTheLayersFurtherInHowItEnded) {
  std::vector<Ending> endings;
  for (const char* content : {R"({"a":1})", R"({"a":"x"})"}) {
    Call call("response: {structured: {hold: 1KiB}}", streamed());
    call.then([&](Exchange& x) {
      auto response = stream(in_deltas(content, 1))(x);
      response->body.on_finish(
          [&](const penstock::Outcome& outcome) { endings.push_back(outcome.ending); });
      return response;
    });
    call.run();
  }
  EXPECT_THAT(endings, testing::ElementsAre(Ending::kComplete, Ending::kUpstreamFailed));
}

TEST(HeldStream, TellsTheLayersFurtherInThatTheClientLeft) {
  class Gone final : public BodySource {
    Result<std::optional<Chunk>> read(Deadline) override {
      Error error;
      error.kind = ErrorKind::kCancelled;
      return error;
    }
  };
  Ending ending = Ending::kComplete;
  Call call("response: {structured: {hold: 1KiB, retry: 1}}", streamed());
  call.then([&](Exchange&) {
    Response response;
    response.body = Body(std::make_unique<Gone>());
    response.body.on_finish([&](const penstock::Outcome& outcome) { ending = outcome.ending; });
    return response;
  });
  EXPECT_EQ(call.run().error.kind, ErrorKind::kCancelled);
  EXPECT_EQ(ending, Ending::kClientGone);
}

TEST(ProviderStream, EndsWithAnErrorAtTheFirstEventThatIsNoChunk) {
  const std::string request =
      R"({"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]})";
  for (const char* bad : {R"({"choices":[{"delta":{"content":1}}]})", "{}", "oops", "[]"}) {
    const Outcome outcome =
        run("response: provider", request,
            {": ping\n\n", text("a"), "data: " + std::string(bad) + "\n\n", finish(), kDone});
    EXPECT_TRUE(outcome.broke) << bad;
    EXPECT_EQ(content_of(outcome.body), "a");
    EXPECT_EQ(outcome.error.kind, ErrorKind::kUpstreamInvalid);
    EXPECT_THAT(outcome.error.public_message, HasSubstr("not well formed"));
    EXPECT_EQ(outcome.verdict, "invalid");
  }
  const Outcome fine =
      run("response: provider", request,
          {": ping\n\n", text("a"), finish(), "data: {\"choices\":[]}\n\n", kDone});
  EXPECT_FALSE(fine.broke);
  EXPECT_EQ(fine.verdict, "valid");
}

TEST(ProviderStream, WantsNoStreamWhereNoneWasAskedFor) {
  const Outcome outcome =
      run("response: provider", R"({"model":"m","messages":[{"role":"user","content":"hi"}]})",
          {text("a"), finish(), kDone});
  EXPECT_EQ(outcome.status, 502);
  EXPECT_THAT(outcome.error.public_message, HasSubstr("no stream was asked for"));
}

}  // namespace
}  // namespace penstock::json_schema::test
