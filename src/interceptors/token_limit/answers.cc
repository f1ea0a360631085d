#include "interceptors/token_limit/answers.h"

#include <string_view>
#include <utility>

#include "interceptors/token_limit/text.h"

namespace penstock::token_limit {

namespace {

using limits::Algorithm;
using limits::Limit;
using limits::Refusal;
using limits::Standing;
using limits::Unit;

bool tighter(const Standing& a, const Standing& b) {
  __extension__ using Wide = unsigned __int128;
  return Wide{a.remaining} * b.limit->capacity < Wide{b.remaining} * a.limit->capacity;
}

/// Of the limits that count requests, or of those that count tokens; null: there is none.
const Standing* tightest(std::span<const Standing> standings, bool counts_requests) {
  const Standing* found = nullptr;
  for (const Standing& standing : standings) {
    const Unit unit = standing.limit->unit;
    if (unit == Unit::kConcurrent || unit == Unit::kNanodollars) continue;
    if ((unit == Unit::kRequests) != counts_requests) continue;
    if (found == nullptr || tighter(standing, *found)) found = &standing;
  }
  return found;
}

bool is_budget(const Limit& limit) {
  return limit.algorithm == Algorithm::kCalendar || limit.unit == Unit::kNanodollars;
}

std::string describe_limit(const Limit& limit) {
  return (is_budget(limit) ? "budget " : "limit ") + exact_amount(limit.unit, limit.capacity) +
         window_text(limit);
}

Error too_large(const Limit& limit, const std::string& who, std::uint64_t requested) {
  Error error = invalid_request("this request may use " + exact_amount(limit.unit, requested) +
                                    ", which is more than the " + describe_limit(limit) + " for " +
                                    who + " can ever grant; send less or declare a smaller output",
                                {}, "request_too_large_for_limit");
  error.retry_helps = false;
  return error;
}

Error base_error(ErrorKind kind, ErrorSource source) {
  Error error;
  error.kind = kind;
  error.source = source;
  return error;
}

/// For a budget waiting is no cure that a client should try.
Error budget_spent(const Refusal& refusal, const std::string& who, std::uint64_t requested) {
  const Limit& limit = *refusal.standing.limit;
  Error error = base_error(ErrorKind::kRateLimited, ErrorSource::kClient);
  error.public_message = "budget exceeded for " + who + ": " + describe_limit(limit) +
                         ", remaining " + exact_amount(limit.unit, refusal.standing.remaining) +
                         ", requested " + exact_amount(limit.unit, requested) +
                         "; it begins anew in " + go_duration(refusal.standing.reset);
  error.type = "insufficient_quota";
  error.code = "insufficient_quota";
  error.retry_helps = false;
  return error;
}

Error too_many(const Refusal& refusal, const std::string& who, std::uint64_t requested) {
  const Limit& limit = *refusal.standing.limit;
  Error error = base_error(ErrorKind::kRateLimited, ErrorSource::kClient);
  error.public_message = "rate limit reached for " + who + ": " + describe_limit(limit) +
                         ", remaining " + std::to_string(refusal.standing.remaining) +
                         ", requested " + std::to_string(requested) + "; try again in " +
                         go_duration(refusal.retry_after);
  const bool counts_requests = limit.unit == Unit::kRequests || limit.unit == Unit::kConcurrent;
  error.type = counts_requests ? "requests" : "tokens";
  error.code = "rate_limit_exceeded";
  error.retry_after = refusal.retry_after;
  return error;
}

Error no_room(const Refusal& refusal) {
  Error error = base_error(ErrorKind::kOverloaded, ErrorSource::kInternal);
  error.public_message = "the gateway counts limits for too many keys at once; try again in " +
                         go_duration(refusal.retry_after);
  error.retry_after = refusal.retry_after;
  return error;
}

Error store_down(const Refusal& refusal) {
  Error error = base_error(ErrorKind::kOverloaded, ErrorSource::kInternal);
  error.public_message = "the limit `" + refusal.standing.limit->name +
                         "` cannot be checked, since the store of limits does not answer";
  error.retry_after = refusal.retry_after;
  return error;
}

void write_family(Headers& headers, std::string_view family, const Standing* standing) {
  if (standing == nullptr) return;
  const auto set = [&](std::string_view what, std::string value) {
    headers.set(std::string("x-ratelimit-").append(what).append(family), std::move(value));
  };
  set("limit-", std::to_string(standing->limit->capacity));
  set("remaining-", std::to_string(standing->remaining));
  set("reset-", go_duration(standing->reset));
}

}  // namespace

void write_headers(Headers& headers, std::span<const Standing> standings) {
  write_family(headers, "requests", tightest(standings, true));
  write_family(headers, "tokens", tightest(standings, false));
}

Error refusal_error(const Rule& rule, const Refusal& refusal, const std::string& who,
                    std::uint64_t requested) {
  switch (refusal.why) {
    case Refusal::Why::kNeverFits:
      return too_large(rule.limit, who, requested);
    case Refusal::Why::kNoRoom:
      return no_room(refusal);
    case Refusal::Why::kStoreDown:
      return store_down(refusal);
    case Refusal::Why::kNotNow:
    case Refusal::Why::kNotAmple:
      break;
  }
  return is_budget(rule.limit) ? budget_spent(refusal, who, requested)
                               : too_many(refusal, who, requested);
}

Error exhausted_error(const Rule& rule, const std::string& who) {
  Error error = base_error(ErrorKind::kRateLimited, ErrorSource::kInternal);
  error.public_message =
      "the answer was cut, since " + who + " has nothing left of the " + describe_limit(rule.limit);
  error.type = is_budget(rule.limit) ? "insufficient_quota" : "tokens";
  error.code = is_budget(rule.limit) ? "insufficient_quota" : "rate_limit_exceeded";
  return error;
}

}  // namespace penstock::token_limit
