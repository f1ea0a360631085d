#pragma once

#include <string>
#include <string_view>

#include "penstock/exchange.h"
#include "penstock/result.h"

#include "interceptors/token_limit/rule.h"

namespace penstock::token_limit {

/// The key of the meter that counts an exchange for a rule. Bounded: of what clients choose the
/// first 256 bytes count, so longer ones that begin alike share a meter. Error: the body is no
/// JSON, for rules that look into it. Wants Exchange::principal where the rule counts keys.
Result<std::string> meter_key(const Rule& rule, Exchange& x, const RequestFacts& facts);

/// Whom a rule limits, for the client: "key `ci` and model `gpt-4o`".
std::string subject(const Rule& rule, Exchange& x, const RequestFacts& facts);

/// The same from a meter's key behind the rule's prefix, for operators: "ci openai gpt-4o";
/// "everything" where nothing is counted apart.
std::string meter_subject(std::string_view rest_of_key);

}  // namespace penstock::token_limit
