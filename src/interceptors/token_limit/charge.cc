#include "interceptors/token_limit/charge.h"

#include <algorithm>
#include <cstdlib>

namespace penstock::token_limit {

namespace {

using Basis = Charge::Basis;

Charge from_input(const Expected& expected, std::uint64_t output) {
  Charge charge;
  charge.spend.input = std::max<std::uint64_t>(expected.input.tokens, output == 0 ? 1 : 0);
  charge.spend.output = output;
  charge.basis = expected.input.counted ? Basis::kCounted : Basis::kEstimated;
  return charge;
}

}  // namespace

const char* to_string(Basis basis) noexcept {
  switch (basis) {
    case Basis::kMeasured:
      return "measured";
    case Basis::kCounted:
      return "counted";
    case Basis::kEstimated:
      return "estimated";
  }
  std::abort();
}

Charge charge_for(const Outcome& outcome, const Expected& expected) {
  const Usage& usage = outcome.usage;
  const std::uint64_t input = usage.input.value_or(expected.input.tokens);
  if (usage.origin == Usage::Origin::kMeasured) {
    return {{1, input, usage.cached.value_or(0), usage.output.value_or(0)}, Basis::kMeasured};
  }
  Expected known = expected;
  known.input.tokens = input;
  if (usage.origin == Usage::Origin::kCounted) {
    return from_input(known, usage.output.value_or(0));
  }
  if (outcome.ending != Ending::kComplete) return from_input(known, 0);
  return {expected.reserved(), Basis::kEstimated};
}

Charge charge_for_input(const Expected& expected) {
  return from_input(expected, 0);
}

}  // namespace penstock::token_limit
