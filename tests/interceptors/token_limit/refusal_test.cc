#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/token_limit/fixture.h"

namespace penstock::token_limit::test {
namespace {

using testing::HasSubstr;

Result<Response> must_not_run(Exchange&) {
  ADD_FAILURE() << "the request went on";
  return reply(200);
}

TEST(TokenLimitRefusal, SaysWhatIsLeftAndWhenToTryAgain) {
  Fixture f;
  f.spend(850);
  Call call;
  const auto r = f.run(call, must_not_run);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().kind, ErrorKind::kRateLimited);
  EXPECT_EQ(r.error().source, ErrorSource::kClient);
  EXPECT_EQ(r.error().type, "tokens");
  EXPECT_EQ(r.error().code, "rate_limit_exceeded");
  EXPECT_TRUE(r.error().retry_helps);
  EXPECT_EQ(r.error().retry_after, 3s);
  EXPECT_EQ(r.error().public_message,
            "rate limit reached for key `ci`: limit 1000 tokens per 1m, remaining 150, requested "
            "200; try again in 3s");
}

TEST(TokenLimitRefusal, IsOverWhenTheTimeItToldHasPassed) {
  Fixture f;
  f.spend(850);
  Call call;
  const auto r = f.run(call, must_not_run);
  ASSERT_FALSE(r);
  f.clock.advance(*r.error().retry_after);
  EXPECT_TRUE(f.run(call, [](Exchange&) { return reply(200); }));
}

/// Of words that have two tokens each.
std::string long_words(std::size_t words) {
  std::string body = R"({"model":"gpt-4o","max_tokens":100,"messages":[{"role":"user","content":")";
  while (words-- > 0) body += " zq";
  return body + R"("}]})";
}

// Whatever the count, the answer would be the same: a word has a token at least.
TEST(TokenLimitRefusal, IsNotCountedWhereTheWordsAloneDoNotFit) {
  Fixture f;
  f.spend(700);
  Call call(Route::kChatCompletions, long_words(300));
  const auto r = f.run(call, must_not_run);
  ASSERT_FALSE(r);
  EXPECT_THAT(r.error().public_message, HasSubstr("remaining 300, requested 407; try again in"));
  EXPECT_EQ(r.error().retry_after, 60ms * 107);
}

TEST(TokenLimitRefusal, IsCountedWhereTheWordsAloneWouldFit) {
  Fixture f;
  f.spend(500);
  Call call(Route::kChatCompletions, long_words(300));
  const auto r = f.run(call, must_not_run);
  ASSERT_FALSE(r);
  EXPECT_THAT(r.error().public_message, HasSubstr("remaining 500, requested 707; try again in"));
}

TEST(TokenLimitRefusal, CarriesTheHeadersOfTheLimitThatRefused) {
  Fixture f("{per: key, tokens: 1000, every: 1m}, {per: model, tokens: 2000, every: 1h}");
  f.spend(988);
  Call call;
  ASSERT_FALSE(f.run(call, must_not_run));
  const Headers headers = call.headers();
  EXPECT_EQ(headers.get("x-ratelimit-limit-tokens"), "1000");
  EXPECT_EQ(headers.get("x-ratelimit-remaining-tokens"), "12");
  EXPECT_EQ(headers.get("x-ratelimit-reset-tokens"), "59.28s");
}

TEST(TokenLimitRefusal, ConsumesNothingOfTheOtherLimits) {
  Fixture f("{per: global, tokens: 1000, every: 1m}, {per: key, tokens: 300, every: 1m}");
  f.spend(200);
  for (int i = 0; i < 50; ++i) {
    Call call;
    ASSERT_FALSE(f.run(call, must_not_run));
  }
  Call other;
  other.x.principal = Principal{"web", "web"};
  ASSERT_TRUE(f.run(other, [](Exchange&) { return reply(500); }));
  EXPECT_EQ(other.header("x-ratelimit-remaining-tokens"), "800");
}

// The cause: a floor above the limit was refused for ever, with the advice to try again.
TEST(TokenLimitRefusal, RequestLargerThanAWholeLimitIsToldThatWaitingCannotHelp) {
  Fixture f;
  Call call(Route::kChatCompletions, body_of(100, R"("max_tokens":901)"));
  const auto r = f.run(call, must_not_run);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().kind, ErrorKind::kInvalidRequest);
  EXPECT_EQ(r.error().code, "request_too_large_for_limit");
  EXPECT_FALSE(r.error().retry_helps);
  EXPECT_FALSE(r.error().retry_after);
  EXPECT_THAT(r.error().public_message,
              HasSubstr("1001 tokens, which is more than the limit 1000 tokens per 1m for key"));
  EXPECT_EQ(call.header("x-ratelimit-limit-tokens"), "1000");
}

TEST(TokenLimitRefusal, DeclaredOutputNearTheLargestNumberDoesNotWrapAround) {
  Fixture f;
  Call call(Route::kChatCompletions, body_of(100, R"("max_tokens":18446744073709551600,"n":3)"));
  EXPECT_FALSE(f.run(call, must_not_run));
  EXPECT_EQ(f.remaining(), "1000");
}

// The cause: max_tokens of 1 hid a max_completion_tokens of thousands.
TEST(TokenLimitRefusal, TheLargestOfSeveralDeclaredOutputsCounts) {
  Fixture f;
  Call call(Route::kChatCompletions, body_of(100, R"("max_tokens":1,"max_completion_tokens":901)"));
  EXPECT_FALSE(f.run(call, must_not_run));
}

TEST(TokenLimitRefusal, RequestWithoutADeclaredOutputFitsIntoASmallLimit) {
  Fixture f("{per: key, tokens: 200, every: 1m}");
  Call call(Route::kChatCompletions, body_of(100, ""));
  const auto r = f.run(call, [](Exchange&) { return reply(200); });
  ASSERT_TRUE(r);
  EXPECT_EQ(call.header("x-ratelimit-remaining-tokens"), "50");  // 100 of input, a quarter of 200
}

TEST(TokenLimitRefusal, NewKeyIsRefusedWhenTooManyAreInUse) {
  Fixture f("{per: key, tokens: 1000, every: 1m}", 1);
  f.spend(100);
  Call call;
  call.x.principal = Principal{"web", "web"};
  const auto r = f.run(call, must_not_run);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().kind, ErrorKind::kOverloaded);
  EXPECT_EQ(r.error().retry_after, 6s);
  EXPECT_THAT(r.error().public_message, HasSubstr("try again in 6s"));
}

TEST(TokenLimitRefusal, FailsClosedWhenNobodySaidWhoAsks) {
  Fixture f;
  Call call;
  call.x.principal.reset();
  const auto r = f.run(call, must_not_run);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().kind, ErrorKind::kInternal);
}

TEST(TokenLimitRefusal, BodyThatCannotBeReadGoesNoFurther) {
  Fixture f;
  Call call(Route::kChatCompletions, "{not json");
  const auto r = f.run(call, must_not_run);
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().kind, ErrorKind::kInvalidRequest);
  EXPECT_EQ(f.store.size(), 0U);
}

}  // namespace
}  // namespace penstock::token_limit::test
