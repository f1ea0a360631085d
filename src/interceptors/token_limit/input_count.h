#pragma once

#include <cstdint>

#include "penstock/exchange.h"
#include "penstock/result.h"

#include "tokens/models.h"

namespace penstock::token_limit {

/// The input tokens of a request.
struct InputCount {
  std::uint64_t tokens = 0;  // as good as it is known
  std::uint64_t least = 0;
  std::uint64_t most = 0;  // what to set aside
  bool counted = false;    // by the model's tokenizer; else only bounded
};

/// How many tokens the request has at most, found without looking at any text. Does not suspend.
/// Error: the body is no JSON.
Result<InputCount> cap_input(Exchange& x, const RequestFacts& facts, const tokens::Models& models);

/// How many it has at least, found by counting words, goes into what cap_input told.
Result<InputCount> bound_input(InputCount capped, Exchange& x, const RequestFacts& facts,
                               const tokens::Models& models);

/// Counts them. A long text is counted on another thread while the fiber waits: a megabyte takes 10
/// to 40 ms, for which no event loop may stand still. Error as above.
Result<InputCount> count_input(Exchange& x, const RequestFacts& facts,
                               const tokens::Models& models);

}  // namespace penstock::token_limit
