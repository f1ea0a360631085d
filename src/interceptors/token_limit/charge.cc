#include "interceptors/token_limit/charge.h"

#include <algorithm>

namespace penstock::token_limit {

namespace {

Spend never_free(std::uint64_t input, std::uint64_t output) noexcept {
  return {1, std::max<std::uint64_t>(input, output == 0 ? 1 : 0), 0, output, 0};
}

}  // namespace

Spend charge_for(const Outcome& outcome, const Expected& expected) noexcept {
  const Usage& usage = outcome.usage;
  const std::uint64_t input = usage.input.value_or(expected.input.tokens);
  switch (usage.origin) {
    case Usage::Origin::kMeasured:
      return {1, input, usage.cached.value_or(0), usage.output.value_or(0),
              usage.reasoning.value_or(0)};
    case Usage::Origin::kCounted:
      return never_free(input, usage.output.value_or(0));
    case Usage::Origin::kUnknown:
      break;
  }
  return outcome.ending == Ending::kComplete ? expected.reserved() : never_free(input, 0);
}

Spend charge_for_input(const Expected& expected) noexcept {
  return never_free(expected.input.tokens, 0);
}

}  // namespace penstock::token_limit
