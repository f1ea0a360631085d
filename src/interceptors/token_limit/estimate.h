#pragma once

#include <cstdint>

#include "penstock/body.h"
#include "penstock/exchange.h"

namespace penstock::token_limit {

/// The most that a request is expected to use.
struct Estimate {
  std::uint64_t input = 0;
  std::uint64_t output = 0;

  /// Saturates.
  std::uint64_t total() const;
};

/// Whether the request makes a model work: only the creation of an answer does, not reading,
/// cancelling or deleting what was stored.
bool consumes_tokens(const Request& request);

/// A quarter of the body's bytes, rounded up, and for each choice the declared cap of the output,
/// or `default_output` where none is declared. Embeddings have no output. Saturates.
Estimate estimate(const Exchange& x, const RequestFacts& facts, std::uint64_t default_output);

/// What an answer that began well is charged. Numbers of the provider stand as they are. Without
/// them the answer is never free: what was counted on the way is charged beside the estimated
/// input, and an answer that came to its end with nothing counted costs the whole estimate.
std::uint64_t charge(const Outcome& outcome, const Estimate& estimate);

}  // namespace penstock::token_limit
