#include <list>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/token_limit/fixture.h"
#include "log/log.h"
#include "metrics/metrics.h"

namespace penstock::token_limit::test {
namespace {

using testing::HasSubstr;

/// What is left, by its header, after a request of 200 tokens that stays reserved.
class Scope : public testing::Test {
 protected:
  void limits(const char* yaml) {
    answers_.clear();  // they hold tokens in the old store
    calls_.clear();
    f_.emplace(yaml);
  }
  std::string after(const char* key, const char* model) {
    Call& call = calls_.emplace_back(key, model);
    answers_.push_back(f_->run(call, [](Exchange&) { return reply(200); }));
    EXPECT_TRUE(answers_.back());
    return call.header("x-ratelimit-remaining-tokens");
  }
  std::string message(const char* key, const char* model) {
    KeyedCall call(key, model);
    const auto r = f_->run(call, [](Exchange&) { return reply(200); });
    return r ? "" : r.error().public_message;
  }

  struct KeyedCall : Call {
    KeyedCall(const char* key, const char* model)
        : Call(Route::kChatCompletions, body_of(100, R"("max_tokens":100)", model)) {
      x.principal = Principal{key, key};
      x.models = &target_of;
    }
  };
  /// "fast" and "cheap" are aliases of gpt-4o-small; "gpt-4o-gone*" is served nowhere.
  static Target target_of(std::string_view model) {
    if (model.starts_with("gpt-4o-gone")) return {};
    if (model == "fast" || model == "cheap") return {"one", "gpt-4o-small"};
    if (model == "elsewhere") return {"two", "gpt-4o-small"};
    if (model.starts_with("long"))
      return {"one", "gpt-4o-" + std::string(300, 'l') + std::string(model)};
    return {"one", std::string(model)};
  }

  std::optional<Fixture> f_;
  std::list<KeyedCall> calls_;
  std::list<Result<Response>> answers_;
};

TEST_F(Scope, PerKeyCountsKeysApart) {
  limits("{per: key, tokens: 1000, every: 1m}");
  EXPECT_EQ(after("ci", "gpt-4o-small"), "800");
  EXPECT_EQ(after("ci", "gpt-4o-large"), "600");
  EXPECT_EQ(after("web", "gpt-4o-small"), "800");
}

TEST_F(Scope, PerModelCountsModelsApart) {
  limits("{per: model, tokens: 1000, every: 1m}");
  EXPECT_EQ(after("ci", "gpt-4o-small"), "800");
  EXPECT_EQ(after("web", "gpt-4o-small"), "600");
  EXPECT_EQ(after("ci", "gpt-4o-large"), "800");
}

TEST_F(Scope, PerModelCountsAliasesTogether) {
  limits("{per: model, tokens: 1000, every: 1m}");
  EXPECT_EQ(after("ci", "gpt-4o-small"), "800");
  EXPECT_EQ(after("ci", "fast"), "600");
  EXPECT_EQ(after("ci", "cheap"), "400");
}

TEST_F(Scope, PerModelCountsUpstreamsApart) {
  limits("{per: model, tokens: 1000, every: 1m}");
  EXPECT_EQ(after("ci", "gpt-4o-small"), "800");
  EXPECT_EQ(after("ci", "elsewhere"), "800");
}

TEST_F(Scope, PerModelCountsAllUnknownModelsTogether) {
  limits("{per: model, tokens: 1000, every: 1m}");
  EXPECT_EQ(after("ci", "gpt-4o-gone1"), "800");
  EXPECT_EQ(after("ci", "gpt-4o-gone2"), "600");
  EXPECT_EQ(f_->store.size(), 1U);
}

TEST_F(Scope, LongModelNamesThatBeginAlikeShareAMeter) {
  limits("{per: model, tokens: 1000, every: 1m}");
  EXPECT_EQ(after("ci", "long1"), "800");
  EXPECT_EQ(after("ci", "long2"), "600");
}

TEST_F(Scope, PerKeyAndModelCountsPairsApart) {
  limits("{per: [key, model], tokens: 1000, every: 1m}");
  EXPECT_EQ(after("ci", "gpt-4o-small"), "800");
  EXPECT_EQ(after("ci", "fast"), "600");
  EXPECT_EQ(after("ci", "gpt-4o-large"), "800");
  EXPECT_EQ(after("web", "gpt-4o-small"), "800");
}

TEST_F(Scope, GlobalCountsEverythingTogether) {
  limits("{per: global, tokens: 1000, every: 1m}");
  EXPECT_EQ(after("ci", "gpt-4o-small"), "800");
  EXPECT_EQ(after("web", "gpt-4o-large"), "600");
}

TEST_F(Scope, KeysAndModelsOfTheSameNameAreNotMixedUp) {
  limits("{per: key, tokens: 1000, every: 1m}, {per: model, tokens: 1000, every: 1m}");
  EXPECT_EQ(after("gpt-4o-small", "gpt-4o-small"), "800");
  EXPECT_EQ(f_->store.size(), 2U);
}

TEST_F(Scope, PerUserCountsTheFieldOfTheBody) {
  limits("{per: user, tokens: 1000, every: 1m}");
  const auto after_user = [this](const char* members) {
    Call call(Route::kChatCompletions, body_of(100, std::string(R"("max_tokens":100)") + members));
    answers_.push_back(f_->run(call, [](Exchange&) { return reply(200); }));
    EXPECT_TRUE(answers_.back());
    return call.header("x-ratelimit-remaining-tokens");
  };
  EXPECT_EQ(after_user(R"(,"user":"ann")"), "800");
  EXPECT_EQ(after_user(R"(,"user":"bob")"), "800");
  EXPECT_EQ(after_user(R"(,"safety_identifier":"ann","user":"bob")"), "600");
  EXPECT_EQ(after_user(""), "800");
  EXPECT_EQ(after_user(R"(,"user":7)"), "600");  // as if it were absent
}

TEST_F(Scope, PerHeaderCountsItsValues) {
  limits("{per: \"header:X-Team\", tokens: 1000, every: 1m}");
  const auto after_team = [this](const char* team) {
    Call call;
    if (*team != '\0') call.x.request.headers.add("x-team", team);
    answers_.push_back(f_->run(call, [](Exchange&) { return reply(200); }));
    EXPECT_TRUE(answers_.back());
    return call.header("x-ratelimit-remaining-tokens");
  };
  EXPECT_EQ(after_team("blue"), "800");
  EXPECT_EQ(after_team("red"), "800");
  EXPECT_EQ(after_team("blue"), "600");
  EXPECT_EQ(after_team(""), "800");
}

TEST_F(Scope, PerUpstreamCountsWhereTheModelIsServed) {
  limits("{per: upstream, tokens: 1000, every: 1m}");
  EXPECT_EQ(after("ci", "gpt-4o-small"), "800");
  EXPECT_EQ(after("web", "gpt-4o-large"), "600");
  EXPECT_EQ(after("ci", "elsewhere"), "800");
}

TEST_F(Scope, IsNamedInTheRefusal) {
  limits("{per: [key, model], tokens: 200, every: 1m}");
  after("ci", "fast");
  EXPECT_THAT(message("ci", "fast"), HasSubstr("reached for key `ci` and model `fast`: limit 200"));
  limits("{per: model, tokens: 200, every: 1m}");
  after("ci", "fast");
  EXPECT_THAT(message("ci", "fast"), HasSubstr("reached for model `fast`: limit 200"));
  limits("{per: global, tokens: 200, every: 1m}");
  after("ci", "fast");
  EXPECT_THAT(message("ci", "fast"), HasSubstr("reached for this gateway: limit 200"));
}

TEST_F(Scope, LimitsWithoutKeysNeedNoPrincipal) {
  limits("{per: global, tokens: 1000, every: 1m}");
  Call call;
  call.x.principal.reset();
  EXPECT_TRUE(f_->run(call, [](Exchange&) { return reply(200); }));
}

TEST_F(Scope, ReloadedLimitsRememberWhatWasUsed) {
  limits("{per: key, tokens: 1000, every: 1m}");
  f_->spend(600);
  const TokenLimit reloaded(
      ParsedOptions("limits: [{name: new, per: key, tokens: 1k, every: 60s}]").options,
      std::shared_ptr<limits::Store>(std::shared_ptr<void>(), &f_->store), ModelData::builtin(),
      f_->clock, f_->metrics);
  Call call;
  ASSERT_TRUE(penstock::test::run(reloaded, call.x, [](Exchange&) { return reply(500); }));
  EXPECT_EQ(call.header("x-ratelimit-remaining-tokens"), "400");
}

class FreeRoute : public testing::TestWithParam<Route> {};

TEST_P(FreeRoute, PassesUntouchedAlsoWhenNothingIsLeft) {
  Fixture f;
  f.spend(2000);
  Call call(GetParam(), "no json at all");
  EXPECT_TRUE(f.run(call, [](Exchange&) { return reply(200); }));
  EXPECT_TRUE(call.headers().empty());
}

INSTANTIATE_TEST_SUITE_P(Table, FreeRoute,
                         testing::Values(Route::kModels, Route::kFiles, Route::kBatches,
                                         Route::kModerations, Route::kImages, Route::kAudio));

class LimitedRoute : public testing::TestWithParam<Route> {};

TEST_P(LimitedRoute, IsRefusedWhenNothingIsLeft) {
  Fixture f;
  f.spend(2000);
  Call call(GetParam());
  EXPECT_FALSE(f.run(call, [](Exchange&) { return reply(200); }));
}

INSTANTIATE_TEST_SUITE_P(Table, LimitedRoute,
                         testing::Values(Route::kChatCompletions, Route::kCompletions,
                                         Route::kEmbeddings, Route::kResponses));

TEST(TokenLimitFactory, NeedsThePrincipalOnlyForLimitsPerKey) {
  const penstock::test::ManualClock clock;
  const auto log = Log::open({.file = "/dev/null"}, clock);
  limits::MemoryStore meters(clock);
  Metrics metrics;
  const auto needs = [&](const char* yaml) {
    config::Diagnostics diagnostics;
    const auto node = config::parse_yaml(yaml, "test.yaml", diagnostics);
    const Layer layer = make_token_limit(*node, diagnostics, {clock, **log, meters, metrics});
    EXPECT_NE(layer.interceptor, nullptr);
    return layer.needs;
  };
  EXPECT_THAT(needs("limits: [{per: [key, model], tokens: 1, every: 1m}]"),
              testing::ElementsAre(Fact::kPrincipal));
  EXPECT_THAT(needs("limits: [{per: model, tokens: 1, every: 1m}]"), testing::IsEmpty());
}

TEST(TokenLimitFactory, MakesNothingOfBadOptions) {
  const penstock::test::ManualClock clock;
  const auto log = Log::open({.file = "/dev/null"}, clock);
  limits::MemoryStore meters(clock);
  Metrics metrics;
  config::Diagnostics diagnostics;
  const Layer layer =
      make_token_limit(config::Node{}, diagnostics, {clock, **log, meters, metrics});
  EXPECT_EQ(layer.interceptor, nullptr);
  EXPECT_FALSE(diagnostics.ok());
}

}  // namespace
}  // namespace penstock::token_limit::test
