#include "interceptors/token_limit/metered_stream.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace penstock::token_limit {

namespace {

/// Tokens that are held more at a time.
constexpr std::uint64_t kStep = 256;

class MeteredStream final : public BodySource {
 public:
  MeteredStream(std::shared_ptr<Body> inner, std::shared_ptr<Admission> admission,
                UniqueFunction<CutOff(const Rule&)> cut_off)
      : inner_(std::move(inner)),
        admission_(std::move(admission)),
        cut_off_(std::move(cut_off)),
        held_(admission_->expected.output) {}

  Result<std::optional<Chunk>> read(Deadline deadline) override {
    if (cut_by_ != nullptr) return cut();
    auto chunk = inner_->read(deadline);
    if (chunk && *chunk && !gave_up_) keep_up(deadline);
    return chunk;
  }
  Usage usage() const override { return inner_->usage(); }

 private:
  /// Holds at least what has come.
  void keep_up(Deadline deadline) {
    const std::uint64_t output = inner_->usage().output.value_or(0);
    if (output <= held_) return;
    const std::uint64_t more = std::max(kStep, output - held_);
    if (extend(more, deadline, nullptr)) {
      held_ += more;
      return;
    }
    for (const Rule* rule : admission_->rules) {
      if (!rule->cut || extend(more, deadline, rule)) continue;
      cut_by_ = rule;
      return;
    }
    gave_up_ = true;
  }

  /// In all limits, or in that of one rule.
  bool extend(std::uint64_t more, Deadline deadline, const Rule* only) {
    Spend before;
    before.input = admission_->expected.input.most;
    before.output = held_;
    Spend after = before;
    after.output += more;
    Amounts amounts;
    for (const Rule* rule : admission_->rules) {
      const bool meant = only == nullptr || rule == only;
      amounts.push_back(meant ? amount_of(*rule, after) - amount_of(*rule, before) : 0);
    }
    return admission_->reservation.extend(amounts, deadline);
  }

  /// The last event, and behind it the error.
  Result<std::optional<Chunk>> cut() {
    if (!told_) {
      told_ = cut_off_(*cut_by_);
      if (!told_->event.empty()) return std::optional<Chunk>(Chunk{told_->event});
    }
    return told_->error;
  }

  std::shared_ptr<Body> inner_;
  std::shared_ptr<Admission> admission_;
  UniqueFunction<CutOff(const Rule&)> cut_off_;
  std::uint64_t held_;  // output tokens
  bool gave_up_ = false;
  const Rule* cut_by_ = nullptr;
  std::optional<CutOff> told_;
};

}  // namespace

Body metered(Body body, std::shared_ptr<Admission> admission,
             UniqueFunction<CutOff(const Rule&)> cut_off) {
  const auto inner = std::make_shared<Body>(std::move(body));
  Body outer(std::make_unique<MeteredStream>(inner, std::move(admission), std::move(cut_off)));
  outer.on_finish([inner](const Outcome& outcome) { inner->finish(outcome); });
  return outer;
}

}  // namespace penstock::token_limit
