#include "interceptors/header/header.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/config_node.h"
#include "support/lambda_endpoint.h"
#include "support/test_exchange.h"

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::vector<std::pair<std::string, std::string>> fields(const Headers& headers) {
  std::vector<std::pair<std::string, std::string>> all;
  headers.for_each([&all](Headers::Field field) {
    if (field.name != "content-type") all.emplace_back(field.name, field.value);
  });
  return all;
}

struct HeaderTest : testing::Test {
  void configure(std::string_view yaml) {
    config::Diagnostics diagnostics;
    const config::Node node = test::config_node(yaml);
    layer = std::make_unique<Header>(header::Options::parse(node, diagnostics));
    ASSERT_THAT(test::messages(diagnostics), IsEmpty());
  }
  /// Runs the exchange through the layer; afterwards `sent` and `answered` are what went out.
  Result<Response> run(Result<Response> reply = test::reply(200)) {
    auto r = test::run(*layer, x, [this, &reply](Exchange& inner) -> Result<Response> {
      sent = fields(inner.request.headers);
      if (needs_facts_inside) {
        EXPECT_TRUE(inner.facts());
      }
      return std::move(reply);
    });
    Headers answer;
    if (r) answer = r->headers;
    x.run_answer_hooks(answer);
    answered = fields(answer);
    return r;
  }

  test::TestExchange x{Route::kChatCompletions, R"({"model":"gpt","messages":[]})", "req_1"};
  std::unique_ptr<Header> layer;
  bool needs_facts_inside = false;
  std::vector<std::pair<std::string, std::string>> sent;
  std::vector<std::pair<std::string, std::string>> answered;
};

TEST_F(HeaderTest, ChangesNothingWithoutOptions) {
  configure("{}");
  x.request.headers.add("x-a", "1");
  const auto r = run();
  ASSERT_TRUE(r);
  EXPECT_EQ(r->status, 200);
  EXPECT_THAT(sent, ElementsAre(Pair("x-a", "1")));
  EXPECT_THAT(answered, IsEmpty());
}

TEST_F(HeaderTest, EditsTheRequestBeforeItGoesOn) {
  configure("{request: {set: {x-a: new}, add: {x-b: more}, remove: [x-c], rename: {x-d: x-e}}}");
  for (const char* name : {"X-A", "x-a", "x-b", "x-c", "X-D"}) x.request.headers.add(name, "old");
  run();
  EXPECT_THAT(sent, ElementsAre(Pair("x-b", "old"), Pair("x-e", "old"), Pair("x-a", "new"),
                                Pair("x-b", "more")));
}

TEST_F(HeaderTest, RemovesThenRenamesThenSetsThenAdds) {
  configure(
      "{request: {add: {x-a: added}, set: {x-a: set}, rename: {x-b: x-a}, remove: [x-a, x-b]}}");
  x.request.headers.add("x-a", "old");
  x.request.headers.add("x-b", "old");
  run();
  EXPECT_THAT(sent, ElementsAre(Pair("x-a", "set"), Pair("x-a", "added")));
}

TEST_F(HeaderTest, EditsTheAnswerJustBeforeItIsWritten) {
  configure("{response: {set: {x-served-by: penstock}, remove: [server], rename: {x-b: x-c}}}");
  Response reply = test::reply(200);
  reply.headers.add("server", "upstream");
  reply.headers.add("x-b", "1");
  run(std::move(reply));
  EXPECT_THAT(answered, ElementsAre(Pair("x-c", "1"), Pair("x-served-by", "penstock")));
}

TEST_F(HeaderTest, EditsErrorAnswersToo) {
  configure("{response: {set: {x-served-by: penstock}}}");
  EXPECT_FALSE(run(internal_error("scripted")));
  EXPECT_THAT(answered, ElementsAre(Pair("x-served-by", "penstock")));
}

TEST_F(HeaderTest, LeavesABodyWithoutAModelToTheLayersFurtherIn) {
  configure("{request: {set: {x-model: '[{model}]'}}}");
  x.replace_body("not json");
  EXPECT_TRUE(run());
  EXPECT_THAT(sent, ElementsAre(Pair("x-model", "[]")));
}

TEST_F(HeaderTest, PutsFactsOfTheExchangeIntoRequestValues) {
  configure("{request: {set: {x-a: 'id={request_id} key={key} {model}@{upstream}!'}}}");
  x.principal = Principal{"ci", "ci"};
  run();
  EXPECT_THAT(sent, ElementsAre(Pair("x-a", "id=req_1 key=ci gpt@test!")));
}

TEST_F(HeaderTest, PutsWhatIsKnownAtTheEndIntoAnswerValues) {
  configure("{response: {set: {x-a: '{key}/{model}/{upstream}'}}}");
  needs_facts_inside = true;
  x.principal = Principal{"ci", "ci"};
  run();
  EXPECT_THAT(answered, ElementsAre(Pair("x-a", "ci/gpt/test")));
}

TEST_F(HeaderTest, LeavesUnknownFactsOfAnAnswerEmpty) {
  configure("{response: {set: {x-a: '[{key}{model}{upstream}]'}}}");
  x.replace_body("not json");
  ASSERT_TRUE(run());
  EXPECT_THAT(answered, ElementsAre(Pair("x-a", "[]")));
}

TEST_F(HeaderTest, DoesNotReadTheBodyWhereNoValueNeedsIt) {
  configure("{request: {set: {x-a: '{request_id}'}}}");
  x.replace_body("not json");
  EXPECT_TRUE(run());
  EXPECT_EQ(x.known_facts(), nullptr);
}

TEST_F(HeaderTest, TakesDoubledBracesForOne) {
  configure("{request: {set: {x-a: '{{model}', x-b: 'a}b{{{{', x-c: '{{{request_id}}'}}}");
  run();
  EXPECT_THAT(sent,
              ElementsAre(Pair("x-a", "{model}"), Pair("x-b", "a}b{{"), Pair("x-c", "{req_1}")));
}

TEST_F(HeaderTest, LeavesOutAFieldThatWouldForgeALineAndWhatTheClientSentInItsPlace) {
  configure("{request: {set: {x-a: 'key {key}'}, add: {x-b: '{key}'}}}");
  x.principal = Principal{"a\r\nx-admin: yes", "id"};
  x.request.headers.add("x-a", "key of somebody else");
  EXPECT_TRUE(run());
  EXPECT_THAT(sent, IsEmpty());
}

TEST_F(HeaderTest, LeavesOutAValueThatGrowsTooLong) {
  configure("{request: {set: {x-a: '{key}'}, add: {x-b: '{key}'}}}");
  x.principal = Principal{std::string(4097, 'k'), "id"};
  run();
  EXPECT_THAT(sent, IsEmpty());
  x.principal->name.pop_back();
  run();
  EXPECT_EQ(sent.size(), 2u);
}

TEST_F(HeaderTest, ServesManyExchangesWithOneInstance) {
  configure("{request: {set: {x-a: '{request_id}'}}}");
  run();
  test::TestExchange other(Route::kChatCompletions, "{}", "req_2");
  EXPECT_TRUE(test::run(*layer, other, [](Exchange& inner) -> Result<Response> {
    EXPECT_EQ(inner.request.headers.get("x-a"), "req_2");
    return test::reply(200);
  }));
  EXPECT_THAT(sent, ElementsAre(Pair("x-a", "req_1")));
}

}  // namespace
}  // namespace penstock
