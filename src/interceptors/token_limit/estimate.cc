#include "interceptors/token_limit/estimate.h"

#include <algorithm>
#include <limits>
#include <string_view>

namespace penstock::token_limit {
namespace {

constexpr std::uint64_t kBytesPerToken = 4;

std::uint64_t add(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::uint64_t>::max() : sum;
}

std::uint64_t multiply(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::uint64_t>::max()
                                                : product;
}

/// True for a path with something below `parent`: /responses/resp_1 below /responses.
bool is_below(std::string_view path, std::string_view parent) {
  return path.size() > parent.size() + 1 && path.starts_with(parent) && path[parent.size()] == '/';
}

}  // namespace

std::uint64_t Estimate::total() const {
  return add(input, output);
}

bool consumes_tokens(const Request& request) {
  if (request.method != "POST") return false;
  switch (request.route) {
    case Route::kChatCompletions:
      return !is_below(request.path, "/chat/completions");  // POST there edits a stored one
    case Route::kResponses:
      return !is_below(request.path, "/responses") || request.path == "/responses/compact";
    case Route::kCompletions:
    case Route::kEmbeddings:
      return true;
    case Route::kModerations:
    case Route::kImages:
    case Route::kAudio:
    case Route::kFiles:
    case Route::kBatches:
    case Route::kModels:
      return false;
  }
  return true;
}

Estimate estimate(const Exchange& x, const RequestFacts& facts, std::uint64_t default_output) {
  Estimate estimate;
  estimate.input = (x.body().size() + kBytesPerToken - 1) / kBytesPerToken;
  if (x.request.route == Route::kEmbeddings) return estimate;
  const std::uint64_t choices = std::max<std::uint64_t>(facts.choices, 1);
  estimate.output = multiply(facts.output_cap.value_or(default_output), choices);
  return estimate;
}

std::uint64_t charge(const Outcome& outcome, const Estimate& estimate) {
  const Usage& usage = outcome.usage;
  const std::uint64_t seen = add(usage.input.value_or(estimate.input), usage.output.value_or(0));
  switch (usage.origin) {
    case Usage::Origin::kMeasured:
      return seen;
    case Usage::Origin::kCounted:
      return std::max<std::uint64_t>(seen, 1);
    case Usage::Origin::kUnknown:
      break;
  }
  return outcome.ending == Ending::kComplete ? estimate.total() : std::max<std::uint64_t>(seen, 1);
}

}  // namespace penstock::token_limit
