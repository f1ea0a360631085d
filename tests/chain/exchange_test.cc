#include "penstock/exchange.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/document.h"
#include "json/parser_pool.h"
#include "support/test_exchange.h"

namespace penstock {
namespace {

using namespace std::chrono_literals;
using test::TestExchange;
using testing::ElementsAre;

constexpr std::string_view kChat = R"({"model":"gpt","messages":[],"stream":true})";

TEST(Exchange, KnowsWhoItIsAndWhenItStarted) {
  TestExchange x(Route::kChatCompletions, std::string(kChat), "req_7");
  EXPECT_EQ(x.id(), "req_7");
  const MonotonicTime started = x.started();
  x.manual_clock().advance(3s);
  EXPECT_EQ(x.started(), started);
  EXPECT_EQ(x.clock().now() - x.started(), 3s);
}

TEST(Exchange, ParsesItsBodyOnce) {
  TestExchange x(Route::kChatCompletions, std::string(kChat));
  const auto first = x.document();
  ASSERT_TRUE(first);
  EXPECT_EQ((*first)->text(), kChat);
  EXPECT_EQ(*x.document(), *first);
}

TEST(Exchange, ParsesItsBodyAgainWhereTheDocumentWasReleased) {
  TestExchange x(Route::kChatCompletions, std::string(kChat));
  ASSERT_TRUE(x.document());
  const std::size_t idle = json::idle_parsers();
  x.release_document();
  EXPECT_EQ(json::idle_parsers(), idle + 1) << "the next exchange finds the parser";
  const auto again = x.document();
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->text(), kChat);
}

TEST(Exchange, TellsWhyABodyIsNoJson) {
  TestExchange x(Route::kChatCompletions, "{\"model\":");
  const auto document = x.document();
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().kind, ErrorKind::kInvalidRequest);
  EXPECT_EQ(x.facts().error().kind, ErrorKind::kInvalidRequest);
  EXPECT_EQ(x.known_facts(), nullptr);
}

TEST(Exchange, HasReadableBytesBehindAnyBody) {
  for (const std::size_t size : {0u, 1u, 15u, 16u, 1000u, 4096u}) {
    TestExchange x(Route::kChatCompletions, std::string(size, ' '));
    const std::string_view body = x.body();
    ASSERT_EQ(body.size(), size);
    // Read, not looked at: the address sanitizer knows whether they are there.
    volatile char last = *(body.data() + body.size() + json::kPadding - 1);
    static_cast<void>(last);
  }
}

TEST(Exchange, FindsFactsAndTargetOnce) {
  TestExchange x(Route::kChatCompletions, std::string(kChat));
  int asked = 0;
  x.models = [&asked](std::string_view model) {
    ++asked;
    return Target{"openai", std::string(model) + "-mini"};
  };
  EXPECT_EQ(x.known_facts(), nullptr);
  const auto facts = x.facts();
  ASSERT_TRUE(facts);
  EXPECT_EQ((*facts)->model, "gpt");
  EXPECT_TRUE((*facts)->stream);
  EXPECT_EQ((*facts)->target.upstream, "openai");
  EXPECT_EQ((*facts)->target.model, "gpt-mini");
  EXPECT_EQ(*x.facts(), *facts);
  EXPECT_EQ(x.known_facts(), *facts);
  EXPECT_EQ(asked, 1);
}

TEST(Exchange, KeepsTheLastRemarkOfEachName) {
  test::TestExchange x(Route::kChatCompletions);
  EXPECT_EQ(x.known_remarks(), nullptr);

  x.remarks()->set("taste", "sweet");
  x.remarks()->set("smell", "fine");
  x.remarks()->set("taste", "sour");

  ASSERT_EQ(x.known_remarks()->all().size(), 2U);
  EXPECT_EQ(x.known_remarks()->all()[0].text, "sour");
  EXPECT_EQ(x.known_remarks()->all()[1].name, "smell");
}

TEST(Exchange, LeavesTheTargetEmptyForAModelThatIsNotConfigured) {
  TestExchange x(Route::kChatCompletions, std::string(kChat));
  x.models = [](std::string_view) { return Target{}; };
  const auto facts = x.facts();
  ASSERT_TRUE(facts);
  EXPECT_TRUE((*facts)->target.upstream.empty());
}

struct NoJson {
  Route route;
  std::string method;
  std::string content_type;
  std::string body;
};
class ExchangeWithoutJson : public testing::TestWithParam<NoJson> {};

TEST_P(ExchangeWithoutJson, HasTheTargetOfNoModel) {
  const NoJson& request = GetParam();
  TestExchange x(request.route, request.body);
  x.request.method = request.method;
  x.request.headers.set("content-type", request.content_type);
  std::vector<std::string> asked;
  x.models = [&asked](std::string_view model) {
    asked.emplace_back(model);
    return Target{"any", ""};
  };
  const auto facts = x.facts();
  ASSERT_TRUE(facts);
  EXPECT_EQ((*facts)->model, "");
  EXPECT_EQ((*facts)->target.upstream, "any");
  EXPECT_THAT(asked, ElementsAre(""));
}

INSTANTIATE_TEST_SUITE_P(
    Requests, ExchangeWithoutJson,
    testing::Values(NoJson{Route::kModels, "GET", "", ""},
                    NoJson{Route::kFiles, "DELETE", "application/json", ""},
                    NoJson{Route::kFiles, "POST", "multipart/form-data; boundary=x", "--x--"},
                    NoJson{Route::kAudio, "POST", "Multipart/Form-Data; boundary=x", "--x--"},
                    NoJson{Route::kBatches, "POST", "application/json", ""},
                    NoJson{Route::kResponses, "POST", "application/json", ""}));

TEST(Exchange, RefusesAChatWithoutABody) {
  TestExchange x(Route::kChatCompletions, "");
  ASSERT_FALSE(x.facts());
  EXPECT_EQ(x.facts().error().kind, ErrorKind::kInvalidRequest);
}

TEST(Exchange, ForgetsDocumentAndFactsOfAReplacedBody) {
  TestExchange x(Route::kChatCompletions, std::string(kChat));
  ASSERT_TRUE(x.facts());
  x.replace_body(R"({"model":"other","messages":[]})");
  EXPECT_EQ(x.body(), R"({"model":"other","messages":[]})");
  EXPECT_EQ(x.known_facts(), nullptr);
  const auto facts = x.facts();
  ASSERT_TRUE(facts);
  EXPECT_EQ((*facts)->model, "other");
  EXPECT_EQ((*x.document())->text(), x.body());
}

TEST(Exchange, KeepsTheFactsOfAReleasedBody) {
  TestExchange x(Route::kChatCompletions, std::string(kChat));
  ASSERT_TRUE(x.facts());
  x.release_body();
  EXPECT_TRUE(x.body().empty());
  ASSERT_NE(x.known_facts(), nullptr);
  EXPECT_EQ(x.known_facts()->model, "gpt");
  EXPECT_FALSE(x.document());
}

TEST(Exchange, MakesDeadlinesThatEndWithTheClient) {
  TestExchange x(Route::kChatCompletions);
  x.manual_clock().advance(5s);
  const Deadline deadline = x.within(250ms);
  EXPECT_EQ(deadline.at, x.clock().now() + 250ms);
  EXPECT_EQ(deadline.cancel, &x.cancel());
}

TEST(Exchange, NeverOverflowsADeadline) {
  TestExchange x(Route::kChatCompletions);
  EXPECT_EQ(x.within(std::chrono::milliseconds::max()).at, MonotonicTime::max());
  EXPECT_GT(x.within(std::chrono::hours(24 * 365)).at, x.clock().now());
}

TEST(Exchange, RunsAnswerHooksOnceInReverseOrder) {
  TestExchange x(Route::kChatCompletions);
  std::vector<std::string> order;
  for (const char* name : {"outer", "inner"}) {
    x.on_answer([&order, name](Headers& headers) {
      order.emplace_back(name);
      headers.add("x-hook", name);
    });
  }
  Headers headers;
  x.run_answer_hooks(headers);
  x.run_answer_hooks(headers);
  EXPECT_THAT(order, ElementsAre("inner", "outer"));
  EXPECT_EQ(headers.count("x-hook"), 2u);
}

struct RouteName {
  Route route;
  const char* name;
};
class RouteNames : public testing::TestWithParam<RouteName> {};

TEST_P(RouteNames, AreThoseOfLogsAndMetrics) {
  EXPECT_STREQ(to_string(GetParam().route), GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(All, RouteNames,
                         testing::Values(RouteName{Route::kChatCompletions, "chat_completions"},
                                         RouteName{Route::kCompletions, "completions"},
                                         RouteName{Route::kEmbeddings, "embeddings"},
                                         RouteName{Route::kResponses, "responses"},
                                         RouteName{Route::kModerations, "moderations"},
                                         RouteName{Route::kImages, "images"},
                                         RouteName{Route::kAudio, "audio"},
                                         RouteName{Route::kFiles, "files"},
                                         RouteName{Route::kBatches, "batches"},
                                         RouteName{Route::kModels, "models"}));

}  // namespace
}  // namespace penstock
