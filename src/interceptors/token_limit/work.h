#pragma once

#include "penstock/exchange.h"

namespace penstock::token_limit {

/// What a request is to the limits.
enum class Work {
  kNone,     // reads, cancels or deletes what is stored, or lists
  kRequest,  // makes a model work, which is not counted in tokens: moderations, images, audio
  kTokens,   // makes a model work, which is counted in tokens
};

Work work_of(const Request& request);

}  // namespace penstock::token_limit
