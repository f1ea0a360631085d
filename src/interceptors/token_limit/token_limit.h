#pragma once

#include <cstdint>
#include <vector>

#include "penstock/config.h"
#include "penstock/exchange.h"
#include "penstock/interceptor.h"

#include "chain/factory.h"
#include "interceptors/token_limit/options.h"
#include "limits/buckets.h"
#include "metrics/metrics.h"

namespace penstock {

/// Limits how many model tokens may be spent over time.
///
/// Reserves an estimate in all buckets of a request before the call and settles it with the real
/// usage when the body ends, so a call that failed costs nothing and a stream that was cut costs
/// what was sent. A client that leaves before the answer began is charged the input, which the
/// provider has read by then. Requests that use no tokens pass untouched.
///
/// Too little left: 429 with the time to wait. More than a whole limit: 400, since no waiting
/// helps. Every answer, errors included, tells the state of its tightest limit in
/// x-ratelimit-*-tokens. Errors of Exchange::facts are returned as they are.
///
/// A limit per model counts the model that serves, not the name that the client used for it, so
/// that aliases share one limit. Limits per key need the fact kPrincipal.
///
/// Does not suspend by itself. Thread-safe: immutable but for the buckets, which are.
class TokenLimit final : public Interceptor {
 public:
  /// `buckets` outlives this and every answer that passed through it; `metrics` outlives this.
  TokenLimit(token_limit::Options options, limits::Buckets& buckets, Metrics& metrics);

  Result<Response> handle(Exchange& x, Next next) const override;

 private:
  std::vector<limits::Claim> claims(const Exchange& x, const RequestFacts& facts) const;
  const token_limit::Rule& rule_of(const limits::Limit* limit) const;
  Error refused(const Exchange& x, const RequestFacts& facts, const limits::Refusal& refusal,
                std::uint64_t requested) const;

  const std::vector<token_limit::Rule> rules_;
  std::uint64_t default_output_;  // tokens
  limits::Buckets& buckets_;
  Metrics& metrics_;
};

/// See InterceptorKind::create. Needs Fact::kPrincipal where a limit is per key.
Layer make_token_limit(const config::Node& options, config::Diagnostics& diagnostics,
                       const Services& services);

}  // namespace penstock
