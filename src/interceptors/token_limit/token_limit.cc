#include "interceptors/token_limit/token_limit.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
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
#include "interceptors/token_limit/text.h"
#include "interceptors/token_limit/work.h"
#include "runtime/cancel.h"

namespace penstock {
namespace {

using limits::Care;
using limits::Refusal;
using limits::Reservation;
using limits::Unit;
using token_limit::CutOff;
using token_limit::Dimension;
using token_limit::Rule;
using token_limit::Spend;
using token_limit::Work;

/// A store that waits for longer than that is broken; its own time-out is shorter.
constexpr std::chrono::seconds kStoreTime{5};

constexpr std::array<std::string_view, 1> kLimitLabel{"limit"};
const MetricFamily kRejections{"penstock_limit_rejections_total",
                               "Requests that a limit refused, by the limit's name.",
                               MetricFamily::Type::kCounter, kLimitLabel};

/// The most that is expected of an answer whose length nobody declared: small limits must not be
/// used up by one such request.
std::uint64_t most_expected(const std::vector<Rule>& rules) {
  std::uint64_t output = std::numeric_limits<std::uint64_t>::max();
  for (const Rule& rule : rules) {
    if (!depends_on_output(rule) || rule.limit.unit == Unit::kNanodollars) continue;
    output = std::min(output, rule.limit.capacity / 4);
  }
  return output;
}

std::string_view owner_of(const Exchange& x) {
  return x.principal ? std::string_view(x.principal->id) : std::string_view();
}

bool counts_money(const Rule& rule) {
  return rule.limit.unit == Unit::kNanodollars;
}

Error no_price(std::string_view model) {
  Error error = invalid_request(
      "what the model `" + token_limit::shortened(model) +
          "` costs is not known, and a limit on money applies; add it to model_data.prices",
      "model", "model_price_unknown");
  error.retry_helps = false;
  return error;
}

Error client_left() {
  Error error;
  error.kind = ErrorKind::kCancelled;
  error.source = ErrorSource::kClient;
  error.public_message = "the client left";
  return error;
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

/// For the record, unless the provider says what was used: how sure the charge is.
void remark_on_usage(Exchange& x, const token_limit::Admission& admission) {
  x.remarks()->set("usage", admission.expected.input.counted ? "counted" : "estimated");
}

}  // namespace

TokenLimit::TokenLimit(token_limit::Options options, std::shared_ptr<limits::Store> store,
                       std::shared_ptr<const ModelData> models, const Clock& clock,
                       Metrics& metrics)
    : rules_(std::move(options.rules)),
      most_expected_(most_expected(rules_)),
      store_(std::move(store)),
      models_(std::move(models)),
      clock_(clock),
      metrics_(metrics),
      queue_(options.queue
                 ? std::make_unique<limits::WaitingQueue>(*options.queue, *store_, clock, metrics)
                 : nullptr),
      learned_(std::make_unique<token_limit::LearnedOutput>()) {}

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
      admission->settle(charge_for_input(admission->expected));
      remark_on_usage(x, *admission);
    } else {
      admission->reservation.settle({});
    }
  } else if (r->status >= 400) {
    admission->settle({});  // the provider has counted a request, too
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
  if (any_rule(*admission, counts_money) && !facts.target.upstream.empty()) {
    admission->price = models_->prices.find(facts.target.model);
    if (admission->price == nullptr) return no_price(facts.target.model);
  }
  return admission;
}

std::uint64_t TokenLimit::expected_output(const Exchange& x, const RequestFacts& facts) const {
  if (x.request.route == Route::kEmbeddings) return 0;
  const std::uint64_t choices = std::max<std::uint64_t>(facts.choices, 1);
  if (facts.output_cap) return token_limit::multiply(*facts.output_cap, choices);
  const std::uint64_t usual = learned_->p95(owner_of(x), facts.target.model);
  return token_limit::multiply(std::min(usual, most_expected_), choices);
}

/// Asks the store, or the queue before it.
std::variant<Reservation, Refusal> TokenLimit::ask(Exchange& x, const Admission& admission,
                                                   Care care) const {
  if (!queue_) return store_->reserve(admission.claims, care, x.within(kStoreTime));
  const Spend spend = admission.expected.reserved();
  return queue_->reserve(owner_of(x), token_limit::add(spend.input, spend.output), admission.claims,
                         care, x.within(kStoreTime + token_limit::kMostWait));
}

Result<void> TokenLimit::reserve(Exchange& x, const RequestFacts& facts,
                                 Admission& admission) const {
  const bool input_matters = any_rule(admission, token_limit::depends_on_input);
  if (input_matters) {
    admission.expected.input = TRY(token_limit::cap_input(x, facts, models_->tokens));
    admission.claim(admission.expected.reserved());
    auto ample = ask(x, admission, Care::kIfAmple);
    if (auto* reservation = std::get_if<Reservation>(&ample)) {
      admission.reservation = std::move(*reservation);
      return {};
    }
    admission.expected.input =
        TRY(token_limit::bound_input(admission.expected.input, x, facts, models_->tokens));
    if (cannot_fit(admission, std::get<Refusal>(ample))) {
      admission.claim(admission.expected.usual());
      auto usual = store_->reserve(admission.claims, Care::kTake, x.within(kStoreTime));
      auto* refusal = std::get_if<Refusal>(&usual);
      if (refusal != nullptr && refusal->why != Refusal::Why::kNeverFits) {
        return refused(x, facts, admission, std::move(*refusal));
      }
    }
    admission.expected.input = TRY(token_limit::count_input(x, facts, models_->tokens));
  }
  admission.claim(admission.expected.reserved());
  auto result = ask(x, admission, Care::kTake);
  if (auto* refusal = std::get_if<Refusal>(&result)) {
    return refused(x, facts, admission, std::move(*refusal));
  }
  admission.reservation = std::move(std::get<Reservation>(result));
  return {};
}

/// Whether there is too little left however the count ends, so that nobody need count.
bool TokenLimit::cannot_fit(const Admission& admission, const Refusal& refusal) const {
  if (queue_ || refusal.why != Refusal::Why::kNotAmple) return false;
  const Rule& rule = *admission.rules[admission.index_of(refusal.standing.limit)];
  return refusal.standing.remaining < admission.amount(rule, admission.expected.least());
}

Error TokenLimit::refused(Exchange& x, const RequestFacts& facts, const Admission& admission,
                          Refusal refusal) const {
  if (x.cancel().requested()) return client_left();  // the refusal may say nothing
  const std::size_t index = admission.index_of(refusal.standing.limit);
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
  if (!facts.output_cap && admission->expected.output > 0) learn_from(x, facts, response);
  // The log hears of the end first, so it is told now.
  const bool measured = response.body.usage().origin == Usage::Origin::kMeasured;
  if (response.body.is_stream() || !measured) remark_on_usage(x, *admission);
  response.body.on_finish([admission](const Outcome& outcome) {
    admission->settle(charge_for(outcome, admission->expected));
  });
}

/// How long this answer is tells what to expect of others.
void TokenLimit::learn_from(const Exchange& x, const RequestFacts& facts,
                            Response& response) const {
  const std::uint64_t choices = std::max<std::uint64_t>(facts.choices, 1);
  response.body.on_finish([this, choices, who = std::string(owner_of(x)),
                           model = facts.target.model](const Outcome& outcome) {
    const Usage& usage = outcome.usage;
    if (outcome.ending != Ending::kComplete || usage.origin != Usage::Origin::kMeasured) return;
    learned_->learn(who, model, usage.output.value_or(0) / choices, clock_.recent());
  });
}

namespace {

/// Where the limits of a layer are kept. Null when something is wrong.
std::shared_ptr<limits::Store> open_store(const token_limit::Options& options,
                                          const config::Node& node,
                                          config::Diagnostics& diagnostics,
                                          const Services& services) {
  const auto& remote = options.store.remote;
  if (!remote || services.check_only) {
    return {std::shared_ptr<void>(), &services.meters};  // it outlives everything
  }
  auto store = services.stores->open(*remote, {services.clock, services.metrics, services.log});
  if (store) return std::move(*store);
  diagnostics.error(node, store.error().detail);
  return nullptr;
}

}  // namespace

Layer make_token_limit(const config::Node& options, config::Diagnostics& diagnostics,
                       const Services& services) {
  const std::size_t errors_before = diagnostics.list().size();
  auto parsed = token_limit::Options::parse(options, diagnostics);
  if (diagnostics.list().size() != errors_before) return {};
  auto store = open_store(parsed, options, diagnostics, services);
  if (!store) return {};
  Layer layer;
  layer.files = parsed.store.files;
  for (const Rule& rule : parsed.rules) {
    if (is_per_key(rule)) layer.needs = {Fact::kPrincipal};
    layer.limits.push_back({rule.limit, rule.prefix, token_limit::meter_subject, store.get()});
  }
  layer.interceptor = std::make_unique<TokenLimit>(
      std::move(parsed), std::move(store), services.models, services.clock, services.metrics);
  return layer;
}

}  // namespace penstock
