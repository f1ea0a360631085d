#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/token_limit/fixture.h"

namespace penstock::token_limit::test {
namespace {

/// A stream of no bytes that knows what it used.
class EmptyStream final : public BodySource {
 public:
  explicit EmptyStream(Usage usage) : usage_(usage) {}
  Result<std::optional<Chunk>> read(Deadline) override { return std::optional<Chunk>(); }
  Usage usage() const override { return usage_; }

 private:
  Usage usage_;
};

Response stream(Usage usage) {
  Response response;
  response.body = Body(std::make_unique<EmptyStream>(usage));
  return response;
}

TEST(TokenLimit, ReservesTheEstimateBeforeTheCall) {
  Fixture f;
  Call call;
  std::string during;
  const auto r = f.run(call, [&](Exchange&) {
    during = f.remaining();
    return reply(200);
  });
  EXPECT_TRUE(r);
  EXPECT_EQ(during, "800");
}

TEST(TokenLimit, SettlesWithTheProvidersNumbersWhenTheBodyEnds) {
  Fixture f;
  Call call;
  auto r = f.run(call, [](Exchange&) { return stream(measured(30, 12)); });
  ASSERT_TRUE(r);
  EXPECT_EQ(f.remaining(), "800");
  r->body.finish(ended(Ending::kComplete));
  EXPECT_EQ(f.remaining(), "958");
}

TEST(TokenLimit, OverrunBecomesDebtOfTheNextRequests) {
  Fixture f;
  f.spend(1500);
  Call call;
  const auto r = f.run(call, [](Exchange&) { return reply(200); });
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().retry_after, 60ms * (500 + 200));  // 500 of debt, 1000 a minute
}

TEST(TokenLimit, RefundsWhenEveryTargetFails) {
  for (const ErrorKind kind : {ErrorKind::kUpstreamUnreachable, ErrorKind::kUpstreamTimeout,
                               ErrorKind::kModelNotFound, ErrorKind::kInternal}) {
    Fixture f;
    Call call;
    const auto r = f.run(call, [kind](Exchange&) -> Result<Response> {
      Error error;
      error.kind = kind;
      return error;
    });
    EXPECT_FALSE(r);
    EXPECT_EQ(f.remaining(), "1000");
  }
}

TEST(TokenLimit, RefundsWhenTheProviderRefuses) {
  for (const int status : {400, 401, 429, 500, 503}) {
    Fixture f;
    Call call;
    auto r = f.run(call, [status](Exchange&) { return reply(status, "{}"); });
    ASSERT_TRUE(r);
    r->body.finish(ended(Ending::kComplete));
    EXPECT_EQ(f.remaining(), "1000") << status;
  }
}

TEST(TokenLimit, ChargesTheInputWhenTheClientLeavesBeforeTheAnswer) {
  Fixture f;
  Call call;
  const auto r = f.run(call, [](Exchange&) -> Result<Response> {
    Error error;
    error.kind = ErrorKind::kCancelled;
    return error;
  });
  EXPECT_FALSE(r);
  EXPECT_EQ(f.remaining(), "900");
}

TEST(TokenLimit, ChargesWhatWasSentWhenTheClientLeavesAStream) {
  Fixture f;
  Call call;
  auto r = f.run(call, [](Exchange&) { return stream({Usage::Origin::kCounted, {}, 40}); });
  ASSERT_TRUE(r);
  r->body.finish(ended(Ending::kClientGone));
  EXPECT_EQ(f.remaining(), "860");
}

TEST(TokenLimit, ChargesTheWholeEstimateWhenACompleteAnswerSaysNothing) {
  Fixture f;
  Call call;
  auto r = f.run(call, [](Exchange&) { return reply(200, "{}"); });
  ASSERT_TRUE(r);
  r->body.finish(ended(Ending::kComplete));
  EXPECT_EQ(f.remaining(), "800");
}

TEST(TokenLimit, AnswerThatIsDroppedUnreadIsNotFree) {
  Fixture f;
  Call call;
  {
    const auto dropped = f.run(call, [](Exchange&) { return stream({}); });
  }
  EXPECT_EQ(f.remaining(), "900");
}

TEST(TokenLimit, FinishingTwiceChargesOnce) {
  Fixture f;
  Call call;
  auto r = f.run(call, [](Exchange&) { return stream(measured(30, 12)); });
  ASSERT_TRUE(r);
  r->body.finish(ended(Ending::kComplete));
  r->body.finish(ended(Ending::kClientGone));
  EXPECT_EQ(f.remaining(), "958");
}

TEST(TokenLimit, BodyThatAnInnerLayerReplacesIsChargedAsItWasReserved) {
  Fixture f;
  Call call;
  auto r = f.run(call, [](Exchange& x) {
    x.replace_body(R"({"model":"other"})");
    return reply(200, "{}");
  });
  ASSERT_TRUE(r);
  r->body.finish(ended(Ending::kComplete));
  EXPECT_EQ(f.remaining(), "800");
}

TEST(TokenLimit, StreamsThatOutliveTheirWindowDoNotMintTokens) {
  Fixture f;
  Call call;
  auto r = f.run(call, [](Exchange&) { return stream(measured(200, 0)); });
  ASSERT_TRUE(r);
  f.clock.advance(1h);
  EXPECT_EQ(f.remaining(), "800");
  r->body.finish(ended(Ending::kComplete));
  EXPECT_EQ(f.remaining(), "800");
}

TEST(TokenLimit, TwoHundredRequestsAtOnceDoNotOvershoot) {
  Fixture f;
  f.spend(1);  // 999 are left: four times 200
  std::vector<std::optional<Response>> answers(200);
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (auto& answer : answers) {
    threads.emplace_back([&] {
      Call call;
      auto r = f.run(call, [](Exchange&) { return stream({}); });
      if (r) {
        answer = std::move(*r);
      } else if (r.error().kind == ErrorKind::kRateLimited) {
        ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 196);
  EXPECT_EQ(f.remaining(), "199");
}

TEST(TokenLimitHeaders, TellTheTightestLimit) {
  Fixture f(
      "{per: key, tokens: 1000, every: 1m}, {per: global, tokens: 300, every: 1h},"
      "{per: model, tokens: 100k, every: 1m}");
  Call call;
  const auto r = f.run(call, [](Exchange&) { return stream({}); });
  ASSERT_TRUE(r);
  const Headers headers = call.headers();
  EXPECT_EQ(headers.get("x-ratelimit-limit-tokens"), "300");
  EXPECT_EQ(headers.get("x-ratelimit-remaining-tokens"), "100");
  EXPECT_EQ(headers.get("x-ratelimit-reset-tokens"), "40m0s");
}

TEST(TokenLimitHeaders, TellTheStateAtTheMomentTheyAreWritten) {
  Fixture f;
  Call call;
  const auto r = f.run(call, [](Exchange&) { return stream({}); });
  ASSERT_TRUE(r);
  f.spend(300);
  const Headers headers = call.headers();
  EXPECT_EQ(headers.get("x-ratelimit-remaining-tokens"), "500");
  EXPECT_EQ(headers.get("x-ratelimit-reset-tokens"), "30s");
}

TEST(TokenLimitHeaders, StandOnErrorsOfInnerLayersToo) {
  Fixture f;
  Call call;
  EXPECT_FALSE(f.run(call, [](Exchange&) -> Result<Response> { return internal_error("x"); }));
  const Headers headers = call.headers();
  EXPECT_EQ(headers.get("x-ratelimit-limit-tokens"), "1000");
  EXPECT_EQ(headers.get("x-ratelimit-remaining-tokens"), "1000");
  EXPECT_EQ(headers.get("x-ratelimit-reset-tokens"), "0s");
}

TEST(TokenLimitHeaders, StandInPlaceOfThoseOfTheUpstream) {
  Fixture f;
  Call call;
  const auto r = f.run(call, [](Exchange&) { return stream({}); });
  ASSERT_TRUE(r);
  Headers headers;
  headers.set("x-ratelimit-remaining-tokens", "123456");
  call.x.run_answer_hooks(headers);
  EXPECT_EQ(headers.count("x-ratelimit-remaining-tokens"), 1U);
  EXPECT_EQ(headers.get("x-ratelimit-remaining-tokens"), "800");
}

}  // namespace
}  // namespace penstock::token_limit::test
