#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "interceptors/token_limit/fixture.h"

// However requests end, what was set aside for them comes back.
namespace penstock::token_limit::test {
namespace {

/// Brings some tokens a time, and breaks off or ends after some reads.
class Broken final : public BodySource {
 public:
  Broken(unsigned reads, bool fails, Usage::Origin origin)
      : reads_(reads), fails_(fails), origin_(origin) {}
  Result<std::optional<Chunk>> read(Deadline) override {
    if (reads_-- > 0) {
      output_ += 60;
      return std::optional<Chunk>(Chunk{"data: {}\n\n"});
    }
    if (fails_) return internal_error("broken off");
    return std::optional<Chunk>();
  }
  Usage usage() const override {
    if (origin_ == Usage::Origin::kUnknown) return {};
    return {origin_, origin_ == Usage::Origin::kMeasured ? std::optional(output_) : std::nullopt,
            output_};
  }

 private:
  unsigned reads_;
  bool fails_;
  Usage::Origin origin_;
  std::uint64_t output_ = 0;
};

class Faults {
 public:
  explicit Faults(unsigned seed) : random_(seed) {}
  unsigned upto(unsigned most) { return static_cast<unsigned>(random_() % (most + 1)); }

  /// What the provider does to a request.
  Result<Response> answer() {
    switch (upto(4)) {
      case 0: {
        Error error;
        error.kind = upto(1) == 0 ? ErrorKind::kUpstreamTimeout : ErrorKind::kUpstreamUnreachable;
        return error;
      }
      case 1: {
        Error error;
        error.kind = ErrorKind::kCancelled;
        return error;
      }
      case 2:
        return reply(upto(1) == 0 ? 429 : 503, "{}");
      case 3:
        return reply(200, "{}", upto(1) == 0 ? Usage{} : measured(upto(300), upto(300)));
      default:
        break;
    }
    constexpr Usage::Origin kOrigins[] = {Usage::Origin::kUnknown, Usage::Origin::kCounted,
                                          Usage::Origin::kMeasured};
    Response response;
    response.body = Body(std::make_unique<Broken>(upto(8), upto(1) == 0, kOrigins[upto(2)]));
    return response;
  }

  /// How the client takes it.
  void take(Response response) {
    const unsigned reads = upto(10);
    for (unsigned i = 0; i < reads; ++i) {
      const auto chunk = response.body.read({});
      if (!chunk || !*chunk) break;
    }
    constexpr Ending kEndings[] = {Ending::kComplete, Ending::kClientGone, Ending::kUpstreamFailed,
                                   Ending::kAbandoned};
    if (upto(4) > 0) response.body.finish(ended(kEndings[upto(3)]));  // else it is dropped
  }

 private:
  std::mt19937 random_;
};

TEST(FaultedRequests, OfAHundredThousandNoneLeavesAnythingSetAside) {
  Fixture f(
      "{per: key, tokens: 1M, every: 1m}, {per: key, requests: 100k, every: 1m, algorithm: log},"
      " {per: global, concurrency: 2}, {per: key, dollars: 100, each: day},"
      " {per: key, output_tokens: 1k, every: 1s, on_exhausted: cut}");
  Faults faults(7);
  int served = 0;
  for (int i = 0; i < 100'000; ++i) {
    Call call(Route::kChatCompletions,
              body_of(20 + faults.upto(80), faults.upto(1) == 0 ? "" : R"("max_tokens":50)"));
    auto r = f.run(call, [&](Exchange&) { return faults.answer(); });
    if (r) {
      faults.take(std::move(*r));
      ++served;
    }
    f.clock.advance(std::chrono::milliseconds(faults.upto(300)));
  }
  EXPECT_GT(served, 10'000);
  const limits::Limit any;
  for (const limits::MeterView& meter : f.store.list(any, "", 100)) {
    EXPECT_EQ(meter.reserved, 0U) << meter.key;
  }
  f.clock.advance(24h);
  for (const limits::MeterView& meter : f.store.list(any, "", 100)) {
    EXPECT_EQ(meter.used, 0U) << meter.key;
  }
}

}  // namespace
}  // namespace penstock::token_limit::test
