#pragma once

#include <string>

#include "penstock/exchange.h"

namespace penstock::token_limit {

/// The last event of a chat that is cut: each choice ends with finish_reason `length`, as where a
/// provider's own cap is reached. Empty for routes whose streams have other events.
std::string finish_event(const Exchange& x, const RequestFacts& facts);

}  // namespace penstock::token_limit
