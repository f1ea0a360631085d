#include "interceptors/token_limit/token_limit.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "interceptors/token_limit/answers.h"
#include "interceptors/token_limit/finish_event.h"
#include "interceptors/token_limit/input_count.h"
#include "interceptors/token_limit/metered_stream.h"
#include "interceptors/token_limit/saturating.h"
#include "interceptors/token_limit/scope.h"
#include "interceptors/token_limit/work.h"

namespace penstock {
namespace {

using limits::Care;
using limits::Refusal;
using limits::Reservation;
using limits::Unit;
using token_limit::Charge;
using token_limit::CutOff;
using token_limit::Dimension;
using token_limit::Rule;
using token_limit::Spend;
using token_limit::Work;

constexpr std::uint64_t kDefaultOutput = 512;
/// A store that waits for longer than that is broken; its own time-out is shorter.
constexpr std::chrono::seconds kStoreTime{5};

constexpr std::array<std::string_view, 1> kLimitLabel{"limit"};
const MetricFamily kRejections{"penstock_limit_rejections_total",
                               "Requests that a limit refused, by the limit's name.",
                               MetricFamily::Type::kCounter, kLimitLabel};

/// What is expected of an answer whose length nobody declared: small limits must not be used up by
/// one such request.
std::uint64_t default_output(const std::vector<Rule>& rules) {
  std::uint64_t output = kDefaultOutput;
  for (const Rule& rule : rules) {
    if (depends_on_output(rule)) output = std::min(output, rule.limit.capacity / 4);
  }
  return output;
}

bool is_per_key(const Rule& rule) {
  return std::any_of(rule.per.begin(), rule.per.end(), [](const Dimension& dimension) {
    return dimension.kind == Dimension::Kind::kKey;
  });
}

bool applies(const Rule& rule, Work work) {
  const bool counts_requests =
      rule.limit.unit == Unit::kRequests || rule.limit.unit == Unit::kConcurrent;
  return work == Work::kTokens || (work == Work::kRequest && counts_requests);
}

template <class Predicate>
bool any_rule(const token_limit::Admission& admission, Predicate predicate) {
  return std::any_of(admission.rules.begin(), admission.rules.end(),
                     [&](const Rule* rule) { return predicate(*rule); });
}

/// Charges what was used, and says in the record where that is not the provider's word. `remarks`
/// may be null where it is.
void settle(token_limit::Admission& admission, const Charge& charge, Remarks* remarks) {
  admission.settle(charge.spend);
  if (remarks != nullptr && charge.basis != Charge::Basis::kMeasured) {
    remarks->set("charged", to_string(charge.basis));
  }
}

}  // namespace

TokenLimit::TokenLimit(token_limit::Options options, limits::Store& store,
                       const tokens::Models& models, Metrics& metrics)
    : rules_(std::move(options.rules)),
      default_output_(default_output(rules_)),
      store_(store),
      models_(models),
      metrics_(metrics) {}

Result<Response> TokenLimit::handle(Exchange& x, Next next) const {
  const Work work = token_limit::work_of(x.request);
  const auto meant = [work](const Rule& rule) { return applies(rule, work); };
  if (std::none_of(rules_.begin(), rules_.end(), meant)) return next(x);
  const RequestFacts& facts = *TRY(x.facts());
  const auto admission = TRY(admit(x, facts, work));
  TRY_VOID(reserve(x, facts, *admission));
  x.on_answer([admission](Headers& headers) {
    token_limit::write_headers(headers, admission->reservation.standings());
  });

  auto r = next(x);
  if (!r) {
    if (r.error().kind == ErrorKind::kCancelled) {
      settle(*admission, charge_for_input(admission->expected), x.remarks().get());
    } else {
      admission->reservation.settle({});
    }
  } else if (r->status >= 400) {
    admission->settle({1, 0, 0, 0});  // the provider has counted a request, too
  } else {
    follow(x, facts, *r, admission);
  }
  return r;
}

/// What the exchange asks for, still without amounts.
Result<std::shared_ptr<TokenLimit::Admission>> TokenLimit::admit(Exchange& x,
                                                                 const RequestFacts& facts,
                                                                 Work work) const {
  auto admission = std::make_shared<Admission>();
  admission->rules.reserve(rules_.size());
  admission->claims.reserve(rules_.size());
  for (const Rule& rule : rules_) {
    if (!applies(rule, work)) continue;
    if (is_per_key(rule) && !x.principal) {
      return internal_error("token_limit: nobody established who asks");
    }
    limits::Claim claim;
    claim.limit = &rule.limit;
    claim.key = TRY(meter_key(rule, x, facts));
    admission->rules.push_back(&rule);
    admission->claims.push_back(std::move(claim));
  }
  if (work == Work::kTokens) admission->expected.output = expected_output(x, facts);
  return admission;
}

std::uint64_t TokenLimit::expected_output(const Exchange& x, const RequestFacts& facts) const {
  if (x.request.route == Route::kEmbeddings) return 0;
  const std::uint64_t choices = std::max<std::uint64_t>(facts.choices, 1);
  return token_limit::multiply(facts.output_cap.value_or(default_output_), choices);
}

Result<void> TokenLimit::reserve(Exchange& x, const RequestFacts& facts,
                                 Admission& admission) const {
  const bool input_matters = any_rule(admission, token_limit::depends_on_input);
  if (input_matters) {
    admission.expected.input = TRY(token_limit::bound_input(x, facts, models_));
    admission.claim(admission.expected.reserved());
    auto ample = store_.reserve(admission.claims, Care::kIfAmple, x.within(kStoreTime));
    if (auto* reservation = std::get_if<Reservation>(&ample)) {
      admission.reservation = std::move(*reservation);
      return {};
    }
    admission.expected.input = TRY(token_limit::count_input(x, facts, models_));
  }
  admission.claim(admission.expected.reserved());
  auto result = store_.reserve(admission.claims, Care::kTake, x.within(kStoreTime));
  if (auto* refusal = std::get_if<Refusal>(&result)) {
    return refused(x, facts, admission, std::move(*refusal));
  }
  admission.reservation = std::move(std::get<Reservation>(result));
  return {};
}

Error TokenLimit::refused(Exchange& x, const RequestFacts& facts, const Admission& admission,
                          Refusal refusal) const {
  std::size_t index = 0;
  while (&admission.rules[index]->limit != refusal.standing.limit) ++index;
  const Rule& rule = *admission.rules[index];
  metrics_.cell(kRejections, {rule.limit.name}).add(1);
  x.on_answer([standing = refusal.standing](Headers& headers) {
    token_limit::write_headers(headers, {&standing, 1});
  });
  return refusal_error(rule, refusal, subject(rule, x, facts), admission.claims[index].amount);
}

/// Settles when the answer has ended; until then a stream holds what it needs.
void TokenLimit::follow(Exchange& x, const RequestFacts& facts, Response& response,
                        const std::shared_ptr<Admission>& admission) const {
  if (response.body.is_stream() && any_rule(*admission, token_limit::depends_on_output)) {
    auto cut_off = [&x, &facts](const Rule& rule) {
      CutOff cut;
      cut.event = token_limit::finish_event(x, facts);
      cut.error = exhausted_error(rule, subject(rule, x, facts));
      return cut;
    };
    response.body = token_limit::metered(std::move(response.body), admission, std::move(cut_off));
  }
  std::shared_ptr<Remarks> remarks;  // made only where there may be something to say
  const bool measured = response.body.usage().origin == Usage::Origin::kMeasured;
  if (response.body.is_stream() || !measured) remarks = x.remarks();
  response.body.on_finish([admission, remarks](const Outcome& outcome) {
    settle(*admission, charge_for(outcome, admission->expected), remarks.get());
  });
}

Layer make_token_limit(const config::Node& options, config::Diagnostics& diagnostics,
                       const Services& services) {
  const std::size_t errors_before = diagnostics.list().size();
  auto parsed = token_limit::Options::parse(options, diagnostics);
  if (diagnostics.list().size() != errors_before) return {};
  Layer layer;
  for (const Rule& rule : parsed.rules) {
    if (is_per_key(rule)) layer.needs = {Fact::kPrincipal};
    layer.limits.push_back({rule.limit, rule.prefix, token_limit::meter_subject, &services.meters});
  }
  layer.interceptor = std::make_unique<TokenLimit>(std::move(parsed), services.meters,
                                                   tokens::Models::builtin(), services.metrics);
  return layer;
}

}  // namespace penstock
