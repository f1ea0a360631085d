#include "interceptors/token_limit/metered_stream.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
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

  // What is seldom done stands in functions of its own, so that a stream that waits has a small
  // stack.
  Result<std::optional<Chunk>> read(Deadline deadline) override {
    const bool is_cut = cut_by_ != nullptr;
    Result<std::optional<Chunk>> chunk = is_cut ? cut() : inner_->read(deadline);
    if (!is_cut && chunk && *chunk && falls_behind()) keep_up(**chunk, deadline);
    return chunk;
  }
  Usage usage() const override { return inner_->usage(); }

 private:
  enum class Follows {
    kAll,      // limits
    kCutting,  // those that cut; of the others what comes is debt
    kNothing,
  };

  [[gnu::noinline]] bool falls_behind() const {
    return follows_ != Follows::kNothing && inner_->usage().output.value_or(0) > held_;
  }

  /// Holds at least what has come, for which the store may suspend.
  [[gnu::noinline]] void keep_up(Chunk& chunk, Deadline deadline) {
    chunk.bytes = kept_.assign(chunk.bytes);
    const std::uint64_t missing = inner_->usage().output.value_or(0) - held_;
    if (extend(missing, deadline)) return;
    if (follows_ == Follows::kAll) {
      follows_ = has_cutting_rule() ? Follows::kCutting : Follows::kNothing;
      if (follows_ == Follows::kNothing || extend(missing, deadline)) return;
    }
    cut_by_ = rule_that_refuses(missing, deadline);
  }

  bool has_cutting_rule() const {
    return std::any_of(admission_->rules.begin(), admission_->rules.end(),
                       [](const Rule* rule) { return rule->cut; });
  }
  bool is_followed(const Rule& rule) const { return follows_ == Follows::kAll || rule.cut; }

  /// By a whole step if that is to be had.
  bool extend(std::uint64_t missing, Deadline deadline) {
    const auto followed = [this](const Rule& rule) { return is_followed(rule); };
    for (const std::uint64_t more : {std::max(kStep, missing), missing}) {
      if (!admission_->reservation.extend(amounts(more, followed), deadline)) continue;
      held_ += more;
      return true;
    }
    return false;
  }

  /// One of those that cut. What others would have granted is settled with the rest.
  const Rule* rule_that_refuses(std::uint64_t missing, Deadline deadline) {
    const Rule* last = nullptr;
    for (const Rule* rule : admission_->rules) {
      if (!rule->cut) continue;
      last = rule;
      const auto alone = [rule](const Rule& other) { return &other == rule; };
      if (!admission_->reservation.extend(amounts(missing, alone), deadline)) break;
    }
    return last;
  }

  /// What so much more output is to the rules that are meant.
  template <class Meant>
  Amounts amounts(std::uint64_t more, Meant meant) const {
    Spend before;
    before.input = admission_->expected.input.most;
    before.output = held_;
    Spend after = before;
    after.output += more;
    Amounts amounts;
    for (const Rule* rule : admission_->rules) {
      amounts.push_back(
          meant(*rule) ? admission_->amount(*rule, after) - admission_->amount(*rule, before) : 0);
    }
    return amounts;
  }

  /// The last event, and behind it the error.
  [[gnu::noinline]] Result<std::optional<Chunk>> cut() {
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
  std::string kept_;    // the last chunk for which more was held
  Follows follows_ = Follows::kAll;
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
