// A model is asked again, and told what was wrong.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/json_schema/answers.h"

namespace penstock::json_schema::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

constexpr const char* kOnce = "response: {structured: {retry: 1}}";
const Usage kUsed{Usage::Origin::kMeasured, 10, 5};

TEST(Repair, GivesTheSecondAnswerAndTheUsageOfBoth) {
  Call call(kOnce, ask());
  call.then(saying(R"({"a":"one"})"), kUsed);
  call.then(saying(R"({"a":1})"), {Usage::Origin::kMeasured, 30, 4});
  const Outcome outcome = call.run();
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.body, saying(R"({"a":1})"));
  EXPECT_EQ(outcome.verdict, "repaired");
  EXPECT_EQ(outcome.usage.origin, Usage::Origin::kMeasured);
  EXPECT_EQ(outcome.usage.input, 40U);
  EXPECT_EQ(outcome.usage.output, 9U);
}

TEST(Repair, TellsTheModelItsAnswerAndWhatIsWrongWithIt) {
  Call call(kOnce, ask());
  call.then(saying(R"({"a":"one"})"));
  call.then(saying(R"({"a":1})"));
  call.run();
  ASSERT_EQ(call.requests.size(), 2U);
  const json messages = json::parse(call.requests[1])["messages"];
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[0], json::parse(ask())["messages"][0]);
  EXPECT_EQ(messages[1], (json{{"role", "assistant"}, {"content", R"({"a":"one"})"}}));
  EXPECT_EQ(messages[2]["role"], "user");
  EXPECT_THAT(messages[2]["content"].get<std::string>(),
              HasSubstr("at a: expected an integer, found a string"));
}

TEST(Repair, LeavesTheRestOfTheRequestByteForByte) {
  const std::string head =
      "{ \"model\":\"m\", \"seed\": 1.0e2,\"messages\" : [ {\"role\":\"user\","
      "\"content\":\"]}\"}\n ";
  const std::string tail =
      "] , \"response_format\":{\"type\":\"json_object\"} , \"x\":\"\\u00e9\"}";
  Call call(kOnce, head + tail);
  call.then(saying("no"));
  call.then(saying("{}"));
  call.run();
  ASSERT_EQ(call.requests.size(), 2U);
  EXPECT_THAT(call.requests[1], testing::StartsWith(head + ","));
  EXPECT_THAT(call.requests[1], EndsWith(tail));
  EXPECT_TRUE(json::accept(call.requests[1]));
}

TEST(Repair, DescribesAWrongCall) {
  Call call(kOnce, ask_tool());
  call.then(calling("f", R"({"n":"x"})"));
  call.then(calling("f", R"({"n":1})"));
  EXPECT_EQ(call.run().verdict, "repaired");
  const json messages = json::parse(call.requests[1])["messages"];
  EXPECT_EQ(messages[1]["content"], R"(f({"n":"x"}))");
  EXPECT_THAT(messages[2]["content"].get<std::string>(), HasSubstr("call of the function f"));
}

TEST(Repair, EndsWithTheReportWhenTheModelCannotDoIt) {
  Call call("response: {structured: {retry: 2}}", ask());
  for (const char* wrong : {"1", "2", "3"}) call.then(saying(wrong), kUsed);
  const Outcome outcome = call.run();
  EXPECT_EQ(call.requests.size(), 3U);
  EXPECT_EQ(outcome.status, 502);
  EXPECT_EQ(outcome.verdict, "invalid");
  EXPECT_EQ(outcome.usage.output, 15U);
  EXPECT_THAT(outcome.error.public_message, HasSubstr("expected an object"));
}

TEST(Repair, AddsEachWrongAnswerToTheConversation) {
  Call call("response: {structured: {retry: 2}}", ask());
  for (const char* wrong : {"1", "2", "3"}) call.then(saying(wrong));
  call.run();
  EXPECT_EQ(json::parse(call.requests[2])["messages"].size(), 5U);
}

TEST(Repair, SaysNothingForAModelThatSaidNothing) {
  Call call(kOnce, ask());
  call.then(saying(""));
  call.then(saying(R"({"a":1})"));
  EXPECT_EQ(call.run().verdict, "repaired");
  EXPECT_EQ(json::parse(call.requests[1])["messages"].size(), 2U);
}

TEST(Repair, QuotesALongAnswerInPart) {
  Call call(kOnce, ask());
  call.then(saying(std::string(100'000, 'x')));
  call.then(saying(R"({"a":1})"));
  call.run();
  const json messages = json::parse(call.requests[1])["messages"];
  EXPECT_EQ(messages[1]["content"].get<std::string>().size(), 65536U);
}

TEST(Repair, TellsTheFirstFaultWhenTheSecondCallFails) {
  Call call(kOnce, ask());
  call.then(saying("no"), kUsed);
  call.then([](Exchange&) { return penstock::test::reply(429, "{}"); });
  const Outcome outcome = call.run();
  EXPECT_EQ(outcome.status, 502);
  EXPECT_EQ(outcome.usage.output, 5U);
  EXPECT_THAT(outcome.error.public_message, HasSubstr("choices[0].message.content"));
}

TEST(Repair, StopsWhenTheClientLeaves) {
  Call call("response: {structured: {retry: 5}}", ask());
  call.then(saying("no"), kUsed);
  call.then([](Exchange&) -> Result<Response> {
    Error gone;
    gone.kind = ErrorKind::kCancelled;
    return gone;
  });
  EXPECT_EQ(call.run().error.kind, ErrorKind::kCancelled);
}

TEST(Repair, AsksNoMoreForAnAnswerThatIsNotWellFormed) {
  Call call("response: {provider: true, structured: {retry: 1}}", ask());
  call.then(R"({"choices":[{"message":{"content":1}}]})");
  EXPECT_EQ(call.run().status, 502);
}

TEST(Repair, TellsTheLayersFurtherInHowEachAnswerEnded) {
  Call call(kOnce, ask());
  std::vector<Ending> endings;
  std::vector<std::uint64_t> outputs;
  for (const char* content : {"no", R"({"a":1})"}) {
    call.then([&, content](Exchange&) {
      Response response = penstock::test::reply(200, saying(content), kUsed);
      response.body.on_finish([&](const penstock::Outcome& outcome) {
        endings.push_back(outcome.ending);
        outputs.push_back(outcome.usage.output.value_or(0));
      });
      return response;
    });
  }
  EXPECT_EQ(call.run().usage.output, 10U);
  EXPECT_THAT(endings, testing::ElementsAre(Ending::kComplete, Ending::kComplete));
  EXPECT_THAT(outputs, testing::ElementsAre(5U, 5U));
}

}  // namespace
}  // namespace penstock::json_schema::test
