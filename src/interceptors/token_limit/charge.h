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

  Spend reserved() const noexcept { return {1, input.most, 0, output}; }
};

/// What is charged for an exchange, and how that is known.
struct Charge {
  enum class Basis {
    kMeasured,   // the provider said so
    kCounted,    // by the model's tokenizer: the request, and what came of the answer
    kEstimated,  // neither
  };
  Spend spend;
  Basis basis = Basis::kMeasured;
};

/// "measured", "counted", "estimated".
const char* to_string(Charge::Basis basis) noexcept;

/// What an answer that began well is charged. Numbers of the provider stand as they are. Without
/// them the answer is never free: what was counted on the way is charged beside the input, and an
/// answer that came to its end with nothing counted costs all that was set aside.
Charge charge_for(const Outcome& outcome, const Expected& expected);

/// What is charged where no answer began: the client left, when the provider had the request.
Charge charge_for_input(const Expected& expected);

}  // namespace penstock::token_limit
