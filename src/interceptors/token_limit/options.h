#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "penstock/config.h"

#include "interceptors/token_limit/rule.h"
#include "interceptors/token_limit/store_options.h"
#include "limits/waiting_queue.h"

namespace penstock::token_limit {

/// The longest that a queue may let requests wait.
inline constexpr std::chrono::minutes kMostWait{10};

/// The options of `token_limit`.
struct Options {
  std::vector<Rule> rules;
  StoreOptions store;
  std::optional<limits::QueueOptions> queue;  // none: what does not fit now is refused at once

  /// Reads `{limits: [{per: key, tokens: 100k, every: 1m}, ...]}`; docs/limits.md has all keys.
  /// Whatever is wrong goes to the diagnostics; the options are then not to be used.
  static Options parse(const config::Node& node, config::Diagnostics& diagnostics);
};

}  // namespace penstock::token_limit
