#include "interceptors/json_schema/paid_body.h"

#include <utility>

namespace penstock::json_schema {

namespace {

std::optional<std::uint64_t> sum(const std::optional<std::uint64_t>& a,
                                 const std::optional<std::uint64_t>& b) {
  if (!a && !b) return std::nullopt;
  return a.value_or(0) + b.value_or(0);
}

class ContinuedStream final : public BodySource {
 public:
  ContinuedStream(std::shared_ptr<Body> inner, std::string held, const Usage& earlier)
      : inner_(std::move(inner)), held_(std::move(held)), earlier_(earlier) {}

  Result<std::optional<Chunk>> read(Deadline deadline) override {
    if (!held_.empty()) {
      given_ = std::exchange(held_, {});
      return std::optional<Chunk>(Chunk{given_});
    }
    given_ = std::string();
    return inner_->read(deadline);
  }
  Usage usage() const override { return json_schema::sum(earlier_, inner_->usage()); }

 private:
  std::shared_ptr<Body> inner_;
  std::string held_;
  std::string given_;  // what the last read gave out of held_
  Usage earlier_;
};

class RefusedStream final : public BodySource {
 public:
  RefusedStream(Error error, const Usage& usage) : error_(std::move(error)), usage_(usage) {}
  Result<std::optional<Chunk>> read(Deadline) override { return error_; }
  Usage usage() const override { return usage_; }

 private:
  Error error_;
  Usage usage_;
};

}  // namespace

Usage sum(const Usage& a, const Usage& b) {
  if (a.origin == Usage::Origin::kUnknown) return b;
  if (b.origin == Usage::Origin::kUnknown) return a;
  const bool measured =
      a.origin == Usage::Origin::kMeasured && b.origin == Usage::Origin::kMeasured;
  return {measured ? Usage::Origin::kMeasured : Usage::Origin::kCounted, sum(a.input, b.input),
          sum(a.output, b.output), sum(a.cached, b.cached), sum(a.reasoning, b.reasoning)};
}

Body continued_body(Body inner, std::string held, const Usage& earlier) {
  const auto shared = std::make_shared<Body>(std::move(inner));
  Body body = shared->is_stream()
                  ? Body(std::make_unique<ContinuedStream>(shared, std::move(held), earlier))
                  : Body(std::string(shared->whole()), sum(earlier, shared->usage()));
  body.on_finish([shared](const Outcome& outcome) {
    Outcome own = outcome;
    own.usage = {};  // the inner body knows its own
    shared->finish(std::move(own));
  });
  return body;
}

Body refused_body(Error error, const Usage& usage) {
  return Body(std::make_unique<RefusedStream>(std::move(error), usage));
}

}  // namespace penstock::json_schema
