#include "money/prices.h"

#include <algorithm>

#include "base/check.h"
#include "money/builtin.h"

namespace penstock::money {

namespace {

__extension__ using Wide = unsigned __int128;

constexpr Picodollars kPicodollarsOfNanodollar = 1000;

/// `part` of the tokens at its own rate, the others at theirs. Less than 2^98.
Wide cost_of(std::uint64_t tokens, Picodollars rate, std::uint64_t part, Picodollars part_rate) {
  const std::uint64_t inside = std::min(part, tokens);
  return Wide{tokens - inside} * rate + Wide{inside} * part_rate;
}

}  // namespace

const Rates& ModelPrice::rates_for(std::uint64_t input_tokens) const noexcept {
  const Rates* found = &rates;
  for (const LongContext& step : long_context) {
    if (input_tokens > step.above) found = &step.rates;
  }
  return *found;
}

Nanodollars cost(const Usage& usage, const ModelPrice& price) noexcept {
  const std::uint64_t input = usage.input.value_or(0);
  const std::uint64_t output = usage.output.value_or(0);
  const Rates& rates = price.rates_for(input);
  const Wide picodollars =
      cost_of(input, rates.input, usage.cached.value_or(0), rates.cached) +
      cost_of(output, rates.output, usage.reasoning.value_or(0), rates.reasoning);
  const Wide nanodollars = (picodollars + kPicodollarsOfNanodollar - 1) / kPicodollarsOfNanodollar;
  return static_cast<Nanodollars>(std::min(nanodollars, Wide{kMostNanodollars}));
}

const Prices& Prices::builtin() {
  static const Prices prices = [] {
    config::Diagnostics diagnostics;
    Prices parsed = parse(money::builtin("prices"), "config/models/prices.yaml", diagnostics);
    PENSTOCK_CHECK(diagnostics.ok(), "the built-in prices are valid");
    return parsed;
  }();
  return prices;
}

const ModelPrice* Prices::find(std::string_view model) const {
  const auto found = names_.find(model);
  return found ? &prices_[*found] : nullptr;
}

}  // namespace penstock::money
