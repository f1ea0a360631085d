#include "interceptors/token_limit/token_limit.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "interceptors/token_limit/estimate.h"
#include "interceptors/token_limit/text.h"

namespace penstock {
namespace {

using limits::Refusal;
using limits::Reservation;
using limits::Standing;
using token_limit::Estimate;
using token_limit::Rule;

constexpr std::uint64_t kDefaultOutput = 512;

constexpr std::array<std::string_view, 1> kLimitLabel{"limit"};
const MetricFamily kRejections{"penstock_limit_rejections_total",
                               "Requests that a limit refused, by the limit's name.",
                               MetricFamily::Type::kCounter, kLimitLabel};

/// What is expected of an answer whose length nobody declared: small limits must not be used up by
/// one such request.
std::uint64_t default_output(const std::vector<Rule>& rules) {
  std::uint64_t output = kDefaultOutput;
  for (const Rule& rule : rules) output = std::min(output, rule.limit.capacity / 4);
  return output;
}

/// Appends a part of a bucket's name. Model names come from clients: of a long one the beginning
/// counts, so those that differ only further on share a bucket.
void append_part(std::string& key, std::string_view part) {
  constexpr std::size_t kMostBytes = 256;
  key += '\0';
  key += part.substr(0, kMostBytes);
}

void write_headers(Headers& headers, const Standing& standing) {
  headers.set("x-ratelimit-limit-tokens", std::to_string(standing.limit->capacity));
  headers.set("x-ratelimit-remaining-tokens", std::to_string(standing.remaining));
  headers.set("x-ratelimit-reset-tokens", token_limit::go_duration(standing.reset));
}

/// "key `ci` and model `gpt-4o`".
std::string subject(const Rule& rule, const Exchange& x, const RequestFacts& facts) {
  std::string text;
  if (rule.per_key) text += "key `" + x.principal->name + "`";
  if (rule.per_key && rule.per_model) text += " and ";
  if (rule.per_model) text += "model `" + token_limit::shortened(facts.model) + "`";
  return text.empty() ? "this gateway" : text;
}

std::string describe_limit(const limits::Limit& limit) {
  return "limit " + std::to_string(limit.capacity) + " tokens per " +
         token_limit::short_duration(limit.every);
}

Error too_large(const Refusal& refusal, const std::string& who, std::uint64_t requested) {
  Error error = invalid_request("this request may use " + std::to_string(requested) +
                                    " tokens, which is more than the " +
                                    describe_limit(*refusal.standing.limit) + " for " + who +
                                    " can ever grant; send less or declare a smaller output",
                                {}, "request_too_large_for_limit");
  error.retry_helps = false;
  return error;
}

Error too_many(const Refusal& refusal, const std::string& who, std::uint64_t requested) {
  Error error;
  error.kind = ErrorKind::kRateLimited;
  error.source = ErrorSource::kClient;
  error.public_message =
      "rate limit reached for " + who + ": " + describe_limit(*refusal.standing.limit) +
      ", remaining " + std::to_string(refusal.standing.remaining) + ", requested " +
      std::to_string(requested) + "; try again in " + token_limit::go_duration(refusal.retry_after);
  error.type = "tokens";
  error.code = "rate_limit_exceeded";
  error.retry_after = refusal.retry_after;
  return error;
}

Error no_room(const Refusal& refusal) {
  Error error;
  error.kind = ErrorKind::kOverloaded;
  error.source = ErrorSource::kInternal;
  error.public_message = "the gateway counts tokens for too many keys at once; try again in " +
                         token_limit::go_duration(refusal.retry_after);
  error.retry_after = refusal.retry_after;
  return error;
}

}  // namespace

TokenLimit::TokenLimit(token_limit::Options options, limits::Buckets& buckets, Metrics& metrics)
    : rules_(std::move(options.rules)),
      default_output_(default_output(rules_)),
      buckets_(buckets),
      metrics_(metrics) {}

Result<Response> TokenLimit::handle(Exchange& x, Next next) const {
  if (!token_limit::consumes_tokens(x.request)) return next(x);
  const RequestFacts& facts = *TRY(x.facts());
  const bool per_key =
      std::any_of(rules_.begin(), rules_.end(), [](const Rule& rule) { return rule.per_key; });
  if (per_key && !x.principal) return internal_error("token_limit: nobody established who asks");

  const Estimate estimate = token_limit::estimate(x, facts, default_output_);
  auto reserved = buckets_.reserve(claims(x, facts), estimate.total());
  if (const auto* refusal = std::get_if<Refusal>(&reserved)) {
    metrics_.cell(kRejections, {refusal->standing.limit->name}).add(1);
    x.on_answer([standing = refusal->standing](Headers& h) { write_headers(h, standing); });
    return refused(x, facts, *refusal, estimate.total());
  }

  // Shared, because the head of the answer and the end of its body may come in either order.
  auto lease = std::make_shared<Reservation>(std::move(std::get<Reservation>(reserved)));
  x.on_answer([lease](Headers& headers) { write_headers(headers, lease->tightest()); });

  auto r = next(x);
  if (!r) {
    lease->settle(r.error().kind == ErrorKind::kCancelled ? estimate.input : 0);
  } else if (r->status >= 400) {
    lease->settle(0);
  } else {
    r->body.on_finish([lease = std::move(lease), estimate](const Outcome& outcome) {
      lease->settle(token_limit::charge(outcome, estimate));
    });
  }
  return r;
}

std::vector<limits::Claim> TokenLimit::claims(const Exchange& x, const RequestFacts& facts) const {
  std::vector<limits::Claim> claims;
  claims.reserve(rules_.size());
  for (const Rule& rule : rules_) {
    limits::Claim claim{&rule.limit, rule.bucket_prefix};
    if (rule.per_key) append_part(claim.key, x.principal->id);
    if (rule.per_model) {
      append_part(claim.key, facts.target.upstream);
      // Without a target there will be no answer: such names share a bucket and cannot make more.
      if (!facts.target.upstream.empty()) append_part(claim.key, facts.target.model);
    }
    claims.push_back(std::move(claim));
  }
  return claims;
}

const Rule& TokenLimit::rule_of(const limits::Limit* limit) const {
  return *std::find_if(rules_.begin(), rules_.end(),
                       [limit](const Rule& rule) { return &rule.limit == limit; });
}

Error TokenLimit::refused(const Exchange& x, const RequestFacts& facts, const Refusal& refusal,
                          std::uint64_t requested) const {
  const std::string who = subject(rule_of(refusal.standing.limit), x, facts);
  switch (refusal.why) {
    case Refusal::Why::kNeverFits:
      return too_large(refusal, who, requested);
    case Refusal::Why::kNotNow:
      return too_many(refusal, who, requested);
    case Refusal::Why::kNoRoom:
      break;
  }
  return no_room(refusal);
}

Layer make_token_limit(const config::Node& options, config::Diagnostics& diagnostics,
                       const Services& services) {
  const std::size_t errors_before = diagnostics.list().size();
  auto parsed = token_limit::Options::parse(options, diagnostics);
  if (diagnostics.list().size() != errors_before) return {};
  Layer layer;
  for (const Rule& rule : parsed.rules) {
    if (rule.per_key) layer.needs = {Fact::kPrincipal};
    layer.limits.push_back({rule.limit, rule.bucket_prefix, token_limit::bucket_subject});
  }
  layer.interceptor =
      std::make_unique<TokenLimit>(std::move(parsed), services.buckets, services.metrics);
  return layer;
}

}  // namespace penstock
