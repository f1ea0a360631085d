#include "interceptors/token_limit/rule.h"

#include <algorithm>

#include "interceptors/token_limit/saturating.h"

namespace penstock::token_limit {

using limits::Unit;

namespace {

std::uint64_t cost_of(const Spend& spend, const money::ModelPrice& price) noexcept {
  Usage usage{Usage::Origin::kMeasured, spend.input, spend.output};
  usage.cached = spend.cached;
  usage.reasoning = spend.reasoning;
  return money::cost(usage, price);
}

}  // namespace

std::uint64_t amount_of(const Rule& rule, const Spend& spend,
                        const money::ModelPrice* price) noexcept {
  const std::uint64_t cached = std::min(spend.cached, spend.input);
  switch (rule.limit.unit) {
    case Unit::kRequests:
    case Unit::kConcurrent:
      return spend.requests;
    case Unit::kInputTokens:
      return spend.input;
    case Unit::kOutputTokens:
      return spend.output;
    case Unit::kNanodollars:
      return price == nullptr ? 0 : cost_of(spend, *price);
    case Unit::kTokens:
      break;
  }
  return add(add(multiply(spend.input - cached, rule.weights.input),
                 multiply(cached, rule.weights.cached)),
             multiply(spend.output, rule.weights.output));
}

bool depends_on_input(const Rule& rule) noexcept {
  const Unit unit = rule.limit.unit;
  return unit == Unit::kTokens || unit == Unit::kInputTokens || unit == Unit::kNanodollars;
}

bool depends_on_output(const Rule& rule) noexcept {
  const Unit unit = rule.limit.unit;
  return unit == Unit::kTokens || unit == Unit::kOutputTokens || unit == Unit::kNanodollars;
}

}  // namespace penstock::token_limit
