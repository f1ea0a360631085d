#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "limits/limit.h"
#include "money/prices.h"

namespace penstock::token_limit {

/// By what a limit counts requests apart.
struct Dimension {
  enum class Kind {
    kKey,       // who asks
    kModel,     // the model that serves, not the name that the client used, so aliases count as one
    kUser,      // the field `user` or `safety_identifier` of the body
    kUpstream,  // where the model is served
    kHeader,    // the value of a field of the request
  };
  Kind kind = Kind::kKey;
  std::string header{};  // kHeader: its name, lower case

  bool operator==(const Dimension&) const = default;
};

/// What a token counts in a limit on tokens.
struct Weights {
  std::uint32_t input = 1;
  std::uint32_t cached = 1;  // of the input: read from the provider's cache
  std::uint32_t output = 1;

  bool operator==(const Weights&) const = default;
};

/// One limit and what it counts apart.
struct Rule {
  limits::Limit limit;
  std::vector<Dimension> per;  // in a fixed order; empty: everything together
  Weights weights;             // Unit::kTokens
  bool cut = false;            // a stream ends when nothing is left; else it runs into debt
  /// Begins the name of each meter. Same definition, same name: so what was used survives a reload
  /// of the configuration, and a limit with other numbers starts afresh.
  std::string prefix;
};

/// Tokens that a request uses, or may use.
struct Spend {
  std::uint64_t requests = 1;
  std::uint64_t input = 0;  // cached ones included
  std::uint64_t cached = 0;
  std::uint64_t output = 0;  // reasoning included
  std::uint64_t reasoning = 0;
};

/// What a rule counts for it, in the unit of its limit. Saturates. `price`: of the model; a limit
/// on money counts nothing where it is null.
std::uint64_t amount_of(const Rule& rule, const Spend& spend,
                        const money::ModelPrice* price) noexcept;

/// Whether the number of input tokens matters to the rule.
bool depends_on_input(const Rule& rule) noexcept;
/// The same for output tokens.
bool depends_on_output(const Rule& rule) noexcept;

}  // namespace penstock::token_limit
