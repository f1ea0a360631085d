#pragma once

#include <string>
#include <vector>

#include "penstock/config.h"

#include "limits/buckets.h"

namespace penstock::token_limit {

/// One limit and what it counts apart: each key, each model, each pair of them, or everything
/// together.
struct Rule {
  limits::Limit limit;
  bool per_key = false;
  bool per_model = false;
  /// Begins the name of each bucket. Same definition, same name: so what was used survives a reload
  /// of the configuration, and a limit with other numbers starts afresh.
  std::string bucket_prefix;
};

/// The options of `token_limit`.
struct Options {
  std::vector<Rule> rules;

  /// Reads `{limits: [{per: key | model | global | [key, model], tokens: 100k, every: 1m, name:
  /// x}]}`; `name` may be left out. Whatever is wrong goes to the diagnostics; the options are then
  /// not to be used.
  static Options parse(const config::Node& node, config::Diagnostics& diagnostics);
};

}  // namespace penstock::token_limit
