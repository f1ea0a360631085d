#pragma once

#include <cstdint>

#include "penstock/body.h"

#include "interceptors/token_limit/input_count.h"
#include "interceptors/token_limit/rule.h"

namespace penstock::token_limit {

/// What a request is expected to use.
struct Expected {
  InputCount input;
  std::uint64_t output = 0;  // set aside, for all choices

  Spend reserved() const noexcept { return {1, input.most, 0, output, 0}; }
  Spend least() const noexcept { return {1, input.least, 0, output, 0}; }
  Spend usual() const noexcept { return {1, input.tokens, 0, output, 0}; }
};

/// What an answer that began well is charged. Numbers of the provider stand as they are. Without
/// them the answer is never free: what was counted on the way is charged beside the input, and an
/// answer that came to its end with nothing counted costs all that was set aside.
Spend charge_for(const Outcome& outcome, const Expected& expected) noexcept;

/// What is charged where no answer began: the client left, when the provider had the request.
Spend charge_for_input(const Expected& expected) noexcept;

}  // namespace penstock::token_limit
