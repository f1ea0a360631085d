#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "penstock/error.h"
#include "penstock/headers.h"

#include "interceptors/token_limit/rule.h"
#include "limits/store.h"

namespace penstock::token_limit {

// What clients are told of limits.

/// x-ratelimit-{limit,remaining,reset}-requests and -tokens, each of the tightest limit of its
/// kind.
void write_headers(Headers& headers, std::span<const limits::Standing> standings);

/// Why a request was refused. `who`: whom the rule limits; `requested`: in the unit of its limit.
Error refusal_error(const Rule& rule, const limits::Refusal& refusal, const std::string& who,
                    std::uint64_t requested);

/// Why a stream was cut.
Error exhausted_error(const Rule& rule, const std::string& who);

}  // namespace penstock::token_limit
