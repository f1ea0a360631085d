#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "penstock/config.h"
#include "penstock/exchange.h"
#include "penstock/interceptor.h"

#include "chain/factory.h"
#include "interceptors/token_limit/admission.h"
#include "interceptors/token_limit/learned_output.h"
#include "interceptors/token_limit/options.h"
#include "interceptors/token_limit/work.h"
#include "limits/store.h"
#include "limits/waiting_queue.h"
#include "metrics/metrics.h"
#include "money/model_data.h"

namespace penstock {

/// Limits what may be used over time: requests, tokens, money, requests at once.
///
/// Reserves in all limits of a request before the call and settles with what was really used when
/// the answer ends, so a call that failed costs no tokens and a stream that was cut costs what was
/// sent. A client that leaves before the answer began is charged the input, which the provider has
/// read by then. Requests that make no model work pass untouched.
///
/// Counts the request's tokens only where that can change the decision: far from all limits it
/// reserves what they are at most.
///
/// Too little left: waits for its turn where there is a queue; else, or when that took too long,
/// 429 with the time to wait; of a budget: 429 without. More than a whole limit: 400, since no
/// waiting helps. Every answer, errors included, tells the state of its tightest limits in
/// x-ratelimit-*. Errors of Exchange::facts are returned as they are.
///
/// An answer whose length nobody declared is expected to be as long as 95 of 100 of late.
///
/// May suspend: to count a long request, in the queue, and where the store of limits does.
/// Thread-safe: immutable but for the store, which is. Limits per key need the fact kPrincipal.
class TokenLimit final : public Interceptor {
 public:
  /// `clock`, `metrics` and this outlive every answer that passed through it.
  TokenLimit(token_limit::Options options, std::shared_ptr<limits::Store> store,
             std::shared_ptr<const ModelData> models, const Clock& clock, Metrics& metrics);

  Result<Response> handle(Exchange& x, Next next) const override;

 private:
  using Admission = token_limit::Admission;

  Result<std::shared_ptr<Admission>> admit(Exchange& x, const RequestFacts& facts,
                                           token_limit::Work work) const;
  Result<void> reserve(Exchange& x, const RequestFacts& facts, Admission& admission) const;
  bool cannot_fit(const Admission& admission, const limits::Refusal& refusal) const;
  Error refused(Exchange& x, const RequestFacts& facts, const Admission& admission,
                limits::Refusal refusal) const;
  std::variant<limits::Reservation, limits::Refusal> ask(Exchange& x, const Admission& admission,
                                                         limits::Care care) const;
  std::uint64_t expected_output(const Exchange& x, const RequestFacts& facts) const;
  void learn_from(const Exchange& x, const RequestFacts& facts, Response& response) const;
  void follow(Exchange& x, const RequestFacts& facts, Response& response,
              const std::shared_ptr<Admission>& admission) const;

  const std::vector<token_limit::Rule> rules_;
  const std::uint64_t most_expected_;  // tokens of output where none are declared
  const std::shared_ptr<limits::Store> store_;
  const std::shared_ptr<const ModelData> models_;
  const Clock& clock_;
  Metrics& metrics_;
  const std::unique_ptr<limits::WaitingQueue> queue_;  // may be null
  const std::unique_ptr<token_limit::LearnedOutput> learned_;
};

/// See InterceptorKind::create. Needs Fact::kPrincipal where a limit is per key.
Layer make_token_limit(const config::Node& options, config::Diagnostics& diagnostics,
                       const Services& services);

}  // namespace penstock
