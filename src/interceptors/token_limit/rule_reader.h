#pragma once

#include "penstock/config.h"

#include "interceptors/token_limit/rule.h"

namespace penstock::token_limit {

/// Reads one limit: what it counts (`tokens`, `requests`, ...), by whom (`per`), and how it comes
/// back (`every`, `each`). What is wrong goes to the diagnostics; the rule is then not to be used.
Rule read_rule(const config::Node& item, config::Diagnostics& diagnostics);

/// Reports a rule that says the same as an earlier one, or has its name.
void report_repetition(const Rule& rule, const std::vector<Rule>& before, const config::Node& item,
                       config::Diagnostics& diagnostics);

}  // namespace penstock::token_limit
