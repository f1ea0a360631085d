#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/token_limit/fixture.h"

// Output that is counted as it flows.
namespace penstock::token_limit::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A stream that brings so many tokens with each chunk.
class Tokens final : public BodySource {
 public:
  Tokens(std::vector<std::uint64_t> chunks, bool* closed)
      : chunks_(std::move(chunks)), closed_(closed) {}
  ~Tokens() override {
    if (closed_ != nullptr) *closed_ = true;
  }
  Result<std::optional<Chunk>> read(Deadline) override {
    if (at_ == chunks_.size()) return std::optional<Chunk>();
    total_ += chunks_[at_++];
    return std::optional<Chunk>(Chunk{"data: {}\n\n"});
  }
  Usage usage() const override { return {Usage::Origin::kCounted, {}, total_}; }

 private:
  std::vector<std::uint64_t> chunks_;
  bool* closed_;
  std::size_t at_ = 0;
  std::uint64_t total_ = 0;
};

struct Stream {
  Stream(std::string_view limits, std::vector<std::uint64_t> chunks,
         Route route = Route::kChatCompletions)
      : f(limits), call(route, body_of(100, R"("max_tokens":100,"stream":true)")) {
    auto r = f.run(call, [&](Exchange&) {
      Response response;
      response.body = Body(std::make_unique<Tokens>(std::move(chunks), &closed));
      return response;
    });
    EXPECT_TRUE(r);
    if (r) body = std::move(r->body);
  }
  Result<std::optional<Chunk>> read() { return body.read({}); }

  Fixture f;
  Call call;
  bool closed = false;
  Body body;
};

TEST(TokenLimitStream, HoldsMoreWhenMoreComesThanWasDeclared) {
  Stream stream("{per: key, tokens: 1000, every: 1m}", {100, 1, 255, 1});
  EXPECT_EQ(stream.f.remaining(), "800");
  ASSERT_TRUE(stream.read());
  EXPECT_EQ(stream.f.remaining(), "800");
  ASSERT_TRUE(stream.read());
  EXPECT_EQ(stream.f.remaining(), "544");
  ASSERT_TRUE(stream.read());
  EXPECT_EQ(stream.f.remaining(), "544");
  ASSERT_TRUE(stream.read());
  EXPECT_EQ(stream.f.remaining(), "288");
  stream.body.finish(ended(Ending::kClientGone));
  EXPECT_EQ(stream.f.remaining(), "543");  // 100 of input, 357 of output
}

/// A store on another machine: while a stream waits for it, other fibers run.
class RemoteStore final : public limits::Store {
 public:
  RemoteStore(limits::Store& inner, std::function<void()> others)
      : inner_(inner), others_(std::move(others)) {}
  std::variant<limits::Reservation, limits::Refusal> reserve(std::span<const limits::Claim> claims,
                                                             limits::Care care,
                                                             Deadline deadline) override {
    auto result = inner_.reserve(claims, care, deadline);
    auto* reservation = std::get_if<limits::Reservation>(&result);
    if (reservation == nullptr) return result;
    return limits::Reservation(std::make_unique<RemoteHeld>(std::move(*reservation), others_));
  }
  std::vector<limits::MeterView> list(const limits::Limit&, std::string_view,
                                      std::size_t) override {
    return {};
  }

 private:
  struct RemoteHeld final : limits::Held {
    RemoteHeld(limits::Reservation inner, std::function<void()> others)
        : inner_(std::move(inner)), others_(std::move(others)) {}
    bool extend(std::span<const std::uint64_t> more, Deadline deadline) override {
      others_();
      return inner_.extend(more, deadline);
    }
    void settle(std::span<const std::uint64_t> used) noexcept override { inner_.settle(used); }
    std::vector<limits::Standing> standings() const override { return inner_.standings(); }
    limits::Reservation inner_;
    std::function<void()> others_;
  };
  limits::Store& inner_;
  std::function<void()> others_;
};

// Sources read into a room that all fibers of the event loop share.
TEST(TokenLimitStream, KeepsTheBytesInHandWhileItAsksForMore) {
  struct Shared final : BodySource {
    explicit Shared(std::string& room) : room_(room) {}
    Result<std::optional<Chunk>> read(Deadline) override {
      room_ = "data: mine\n\n";
      total_ += 300;
      return std::optional<Chunk>(Chunk{room_});
    }
    Usage usage() const override { return {Usage::Origin::kCounted, {}, total_}; }
    std::string& room_;
    std::uint64_t total_ = 0;
  };
  std::string room;
  int waits = 0;
  Fixture f;
  const auto store = std::make_shared<RemoteStore>(f.store, [&] {
    ++waits;
    room = "data: others\n\n";
  });
  const TokenLimit interceptor(
      ParsedOptions("limits: [{per: key, tokens: 1000, every: 1m}]").options, store,
      ModelData::builtin(), f.clock, f.metrics);
  Call call(Route::kChatCompletions, body_of(100, R"("max_tokens":100,"stream":true)"));
  auto r = penstock::test::run(interceptor, call.x, [&](Exchange&) {
    Response response;
    response.body = Body(std::make_unique<Shared>(room));
    return response;
  });
  ASSERT_TRUE(r);
  const auto chunk = r->body.read({});
  ASSERT_TRUE(chunk && *chunk);
  EXPECT_EQ((*chunk)->bytes, "data: mine\n\n");
  EXPECT_GT(waits, 0);
}

TEST(TokenLimitStream, HoldsAtLeastWhatCame) {
  Stream stream("{per: key, tokens: 2000, every: 1m}", {1100});
  ASSERT_TRUE(stream.read());
  EXPECT_EQ(stream.f.remaining(), "800");
}

TEST(TokenLimitStream, FinishesOnDebtUnlessToldOtherwise) {
  Stream stream("{per: key, tokens: 300, every: 1m}", {150, 150, 150});
  for (int i = 0; i < 3; ++i) {
    const auto chunk = stream.read();
    ASSERT_TRUE(chunk && *chunk);
  }
  const auto end = stream.read();
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
  stream.body.finish(ended(Ending::kComplete));
  Call next;
  const auto r = stream.f.run(next, [](Exchange&) { return reply(200); });
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().retry_after, 200ms * (250 + 200));  // 250 of debt
}

TEST(TokenLimitStream, IsCutWhereTheLimitSaysSo) {
  Stream stream("{per: key, tokens: 300, every: 1m, on_exhausted: cut}", {201, 150, 150});
  const auto first = stream.read();
  ASSERT_TRUE(first && *first);
  const auto last = stream.read();
  ASSERT_TRUE(last && *last);
  const std::string event((*last)->bytes);
  EXPECT_THAT(event, StartsWith("data: {"));
  EXPECT_THAT(event, HasSubstr(R"("finish_reason":"length")"));
  EXPECT_THAT(event, HasSubstr(R"("object":"chat.completion.chunk")"));
  const auto error = stream.read();
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().code, "rate_limit_exceeded");
  EXPECT_EQ(error.error().public_message,
            "the answer was cut, since key `ci` has nothing left of the limit 300 tokens per 1m");
  stream.body.finish(ended(Ending::kAbandoned));
  EXPECT_TRUE(stream.closed);
  EXPECT_EQ(stream.f.remaining(), "0");
}

TEST(TokenLimitStream, OfAnotherRouteIsCutByTheErrorAlone) {
  Stream stream("{per: key, output_tokens: 100, every: 1m, on_exhausted: cut}", {150, 150},
                Route::kCompletions);
  ASSERT_TRUE(stream.read());
  EXPECT_FALSE(stream.read());
}

TEST(TokenLimitStream, IsNotCutByALimitThatLetsItFinish) {
  Stream stream(
      "{per: key, tokens: 300, every: 1m},"
      " {per: key, output_tokens: 1000, every: 1m, on_exhausted: cut}",
      {150, 150, 150});
  for (int i = 0; i < 3; ++i) {
    const auto chunk = stream.read();
    ASSERT_TRUE(chunk && *chunk);
  }
}

TEST(TokenLimitStream, UsesALimitToItsEndBeforeItIsCut) {
  Stream stream("{per: key, tokens: 300, every: 1m, on_exhausted: cut}", {150, 50, 1, 1});
  for (int i = 0; i < 3; ++i) {
    const auto chunk = stream.read();
    ASSERT_TRUE(chunk && *chunk);
    EXPECT_EQ((*chunk)->bytes, "data: {}\n\n");
  }
  const auto last = stream.read();
  ASSERT_TRUE(last && *last);
  EXPECT_THAT(std::string((*last)->bytes), HasSubstr("length"));
}

TEST(TokenLimitStream, InDebtToOneLimitIsStillCutByAnother) {
  Stream stream(
      "{per: key, tokens: 300, every: 1m},"
      " {per: key, output_tokens: 400, every: 1m, on_exhausted: cut}",
      {150, 150, 150, 150});
  for (int i = 0; i < 3; ++i) {
    const auto chunk = stream.read();
    ASSERT_TRUE(chunk && *chunk);
    EXPECT_EQ((*chunk)->bytes, "data: {}\n\n");
  }
  ASSERT_TRUE(stream.read());
  const auto error = stream.read();
  ASSERT_FALSE(error);
  EXPECT_THAT(error.error().public_message, HasSubstr("limit 400 output tokens per 1m"));
}

TEST(TokenLimitStream, ChargesEachChoice) {
  Fixture f;
  Call call(Route::kChatCompletions, body_of(100, R"("max_tokens":100,"n":3)"));
  const auto r = f.run(call, [](Exchange&) { return reply(200); });
  ASSERT_TRUE(r);
  EXPECT_EQ(call.header("x-ratelimit-remaining-tokens"), "600");
}

}  // namespace
}  // namespace penstock::token_limit::test
