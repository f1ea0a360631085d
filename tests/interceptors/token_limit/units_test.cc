#include <list>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/token_limit/fixture.h"

// What limits count beside tokens.
namespace penstock::token_limit::test {
namespace {

using testing::HasSubstr;

Result<Response> answer(Exchange&) {
  return reply(200, "{}", measured(30, 12));
}

TEST(RequestLimit, CountsRequests) {
  Fixture f("{per: key, requests: 2, every: 1m}");
  for (const char* left : {"1", "0"}) {
    Call call;
    ASSERT_TRUE(f.run(call, answer));
    EXPECT_EQ(call.header("x-ratelimit-remaining-requests"), left);
  }
  Call call;
  const auto r = f.run(call, answer);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().type, "requests");
  EXPECT_EQ(r.error().code, "rate_limit_exceeded");
  EXPECT_EQ(r.error().retry_after, 30s);
  EXPECT_EQ(r.error().public_message,
            "rate limit reached for key `ci`: limit 2 requests per 1m, remaining 0, requested 1; "
            "try again in 30s");
  const Headers headers = call.headers();
  EXPECT_EQ(headers.get("x-ratelimit-limit-requests"), "2");
  EXPECT_FALSE(headers.get("x-ratelimit-limit-tokens"));
}

TEST(RequestLimit, CountsWhatTheProviderRefusedButNotWhatNeverReachedIt) {
  Fixture f("{per: key, requests: 2, every: 1m}");
  Call refused;
  ASSERT_TRUE(f.run(refused, [](Exchange&) { return reply(429, "{}"); }));
  EXPECT_EQ(refused.header("x-ratelimit-remaining-requests"), "1");
  Call lost;
  EXPECT_FALSE(f.run(lost, [](Exchange&) -> Result<Response> { return internal_error("x"); }));
  EXPECT_EQ(lost.header("x-ratelimit-remaining-requests"), "1");
}

TEST(RequestLimit, CountsRequestsThatUseNoTokensToo) {
  for (const Route route : {Route::kModerations, Route::kImages, Route::kAudio}) {
    Fixture f("{per: key, requests: 1, every: 1m}, {per: key, tokens: 1, every: 1m}");
    Call first(route, R"({"model":"m","input":"a"})");
    EXPECT_TRUE(f.run(first, answer));
    Call second(route, R"({"model":"m","input":"a"})");
    EXPECT_FALSE(f.run(second, answer));
  }
}

TEST(ConcurrencyLimit, LetsSoManyRunAtOnce) {
  Fixture f("{per: key, concurrency: 2}");
  Call calls[3];
  auto first = f.run(calls[0], answer);
  auto second = f.run(calls[1], answer);
  ASSERT_TRUE(first && second);
  const auto third = f.run(calls[2], answer);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().retry_after, 1s);
  EXPECT_THAT(third.error().public_message, HasSubstr("limit 2 requests at once, remaining 0"));
  first->body.finish(ended(Ending::kComplete));
  Call again;
  EXPECT_TRUE(f.run(again, answer));
}

TEST(ConcurrencyLimit, IsGivenBackHoweverTheRequestEnds) {
  Fixture f("{per: key, concurrency: 1}");
  const std::list<Next> endings{
      [](Exchange&) { return reply(500); },
      [](Exchange&) -> Result<Response> { return internal_error("x"); },
      [](Exchange&) -> Result<Response> {
        Error error;
        error.kind = ErrorKind::kCancelled;
        return error;
      },
      answer,  // and dropped unread
  };
  for (const Next& ending : endings) {
    Call call;
    (void)f.run(call, ending);
    Call next;
    EXPECT_TRUE(f.run(next, answer));
  }
}

TEST(InputLimit, CountsInputAlone) {
  Fixture f("{per: key, input_tokens: 1000, every: 1m}");
  Call call(Route::kChatCompletions, body_of(100, R"("max_tokens":1000000)"));
  auto r = f.run(call, answer);
  ASSERT_TRUE(r);
  EXPECT_EQ(call.header("x-ratelimit-remaining-tokens"), "900");
  r->body.finish(ended(Ending::kComplete));
  Call after;
  ASSERT_TRUE(f.run(after, [](Exchange&) { return reply(500); }));
  EXPECT_EQ(after.header("x-ratelimit-remaining-tokens"), "970");
}

TEST(OutputLimit, CountsOutputAlone) {
  Fixture f("{per: key, output_tokens: 150, every: 1m}");
  Call call(Route::kChatCompletions, body_of(5000));
  auto r = f.run(call, answer);
  ASSERT_TRUE(r);
  EXPECT_EQ(call.header("x-ratelimit-remaining-tokens"), "50");
  r->body.finish(ended(Ending::kComplete));
  Call after;
  ASSERT_TRUE(f.run(after, [](Exchange&) { return reply(500); }));
  EXPECT_EQ(after.header("x-ratelimit-remaining-tokens"), "138");
}

TEST(WeightedLimit, CountsEachTokenByItsWeight) {
  Fixture f("{per: key, tokens: 2k, every: 1m, weights: {input: 2, cached: 1, output: 5}}");
  Call call;
  auto r = f.run(call, [](Exchange&) {
    Usage usage = measured(100, 10);
    usage.cached = 60;
    return reply(200, "{}", usage);
  });
  ASSERT_TRUE(r);
  EXPECT_EQ(call.header("x-ratelimit-remaining-tokens"), "1300");  // 100 x 2 + 100 x 5 set aside
  r->body.finish(ended(Ending::kComplete));
  Call after(Route::kChatCompletions, body_of(100, R"("max_tokens":0)"));
  ASSERT_TRUE(f.run(after, [](Exchange&) { return reply(500); }));
  EXPECT_EQ(after.header("x-ratelimit-remaining-tokens"), "1810");  // 40 x 2 + 60 + 10 x 5
}

TEST(Budget, IsRefusedInWordsThatEndRetries) {
  Fixture f("{per: key, tokens: 300, each: month, time_zone: Europe/Berlin}");
  f.spend(150);
  Call call;
  const auto r = f.run(call, answer);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().kind, ErrorKind::kRateLimited);
  EXPECT_EQ(r.error().type, "insufficient_quota");
  EXPECT_EQ(r.error().code, "insufficient_quota");
  EXPECT_FALSE(r.error().retry_helps);
  EXPECT_FALSE(r.error().retry_after);
  EXPECT_EQ(r.error().public_message,
            "budget exceeded for key `ci`: budget 300 tokens per month, remaining 150 tokens, "
            "requested 200 tokens; it begins anew in 715h55m54.322s");
  EXPECT_EQ(call.header("x-ratelimit-reset-tokens"), "715h55m54.322s");
}

TEST(Budget, BeginsAnewWithThePeriodAndKeepsNoDebt) {
  Fixture f("{per: key, tokens: 300, each: day}");
  f.spend(1000);
  Call call;
  EXPECT_FALSE(f.run(call, answer));
  f.clock.advance(20h + 55min + 54'322ms);  // midnight
  Call next;
  const auto r = f.run(next, answer);
  ASSERT_TRUE(r);
  EXPECT_EQ(next.header("x-ratelimit-remaining-tokens"), "100");
}

TEST(Budget, IsNotChargedForWhatWasAdmittedBefore) {
  Fixture f("{per: key, tokens: 300, each: day}");
  Call call;
  auto r = f.run(call, [](Exchange&) { return reply(200, "{}", measured(250, 0)); });
  ASSERT_TRUE(r);
  f.clock.advance(24h);
  EXPECT_EQ(f.remaining(), "300");
  r->body.finish(ended(Ending::kComplete));
  EXPECT_EQ(f.remaining(), "300");
}

TEST(MoneyLimit, CountsWhatTheModelCosts) {
  Fixture f("{per: key, dollars: 0.0023, each: month}");  // gpt-4o: 2.50 and 10 for a million
  Call call;
  auto r = f.run(call, answer);  // sets 100 x 2.5 + 100 x 10 micro-dollars aside
  ASSERT_TRUE(r);
  Call second;
  const auto refused = f.run(second, answer);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "insufficient_quota");
  EXPECT_THAT(
      refused.error().public_message,
      HasSubstr("budget exceeded for key `ci`: budget $0.0023 per month, remaining $0.00105, "
                "requested $0.00125; it begins anew in "));
  EXPECT_FALSE(second.headers().get("x-ratelimit-limit-tokens"));
  r->body.finish(ended(Ending::kComplete));  // 30 x 2.5 + 12 x 10
  Call third;
  EXPECT_TRUE(f.run(third, answer));
}

TEST(MoneyLimit, RefusesAModelWhosePriceIsNotKnown) {
  Fixture f("{per: key, dollars: 10, every: 1d}");
  Call call(Route::kChatCompletions, body_of(100, "", "nobody-knows"));
  const auto r = f.run(call, answer);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().kind, ErrorKind::kInvalidRequest);
  EXPECT_EQ(r.error().code, "model_price_unknown");
  EXPECT_THAT(r.error().public_message, HasSubstr("add it to model_data.prices"));
}

TEST(LearnedOutput, IsSetAsideWhereNoCapIsDeclared) {
  Fixture f("{per: key, tokens: 100k, every: 1m, algorithm: log}, {per: key, concurrency: 1000}");
  const auto set_aside = [&f] {
    Call call(Route::kChatCompletions, body_of(100, ""));
    auto r = f.run(call, answer);  // of 12 tokens
    EXPECT_TRUE(r);
    const std::string left = call.header("x-ratelimit-remaining-tokens");
    r->body.finish(ended(Ending::kComplete));
    return left;
  };
  const std::string first = set_aside();
  for (int i = 0; i < 200; ++i) set_aside();
  f.clock.advance(1h);
  const std::string later = set_aside();
  EXPECT_EQ(std::stoi(later) - std::stoi(first), 500);  // 512 for want of better, then 12
}

TEST(SeveralLimits, AreTakenAllOrNone) {
  Fixture f(
      "{per: key, concurrency: 1}, {per: key, requests: 10, every: 1m},"
      " {per: key, tokens: 1000, every: 1m}");
  Call running;
  const auto r = f.run(running, answer);
  ASSERT_TRUE(r);
  for (int i = 0; i < 5; ++i) {
    Call refused;
    EXPECT_FALSE(f.run(refused, answer));
  }
  const Headers headers = running.headers();
  EXPECT_EQ(headers.get("x-ratelimit-remaining-requests"), "9");
  EXPECT_EQ(headers.get("x-ratelimit-remaining-tokens"), "800");
}

// Far from the limit nobody counts: what the text has at most is set aside, and the provider's
// numbers settle it.
TEST(AmpleLimit, SetsAsideWhatTheRequestHasAtMost) {
  Fixture f("{per: key, tokens: 100k, every: 1m}");
  Call call;
  auto r = f.run(call, answer);
  ASSERT_TRUE(r);
  EXPECT_EQ(call.header("x-ratelimit-remaining-tokens"), "99705");  // 195 bytes of text and framing
  r->body.finish(ended(Ending::kComplete));
  Call after;
  ASSERT_TRUE(f.run(after, [](Exchange&) { return reply(500); }));
  EXPECT_EQ(after.header("x-ratelimit-remaining-tokens"), "99958");
}

TEST(AmpleLimit, IsCountedExactlyWhenLessThanSevenEighthsWouldStay) {
  Fixture f("{per: key, tokens: 2400, every: 1m}");
  Call bounded;
  const auto first = f.run(bounded, answer);
  ASSERT_TRUE(first);
  Call counted;
  const auto second = f.run(counted, answer);
  ASSERT_TRUE(second);
  EXPECT_EQ(counted.header("x-ratelimit-remaining-tokens"), "1905");  // 295, then 200
}

}  // namespace
}  // namespace penstock::token_limit::test
