#pragma once

#include "penstock/config.h"
#include "penstock/interceptor.h"

#include "chain/factory.h"
#include "interceptors/json_schema/answer_check.h"
#include "interceptors/json_schema/options.h"
#include "interceptors/json_schema/verdict_counter.h"

namespace penstock {

/// Refuses requests that no provider would take, before they cost anything, in words that name the
/// field; and answers that are not what was asked for, see json_schema/answer_check.h.
///
/// A JSON body of a POST must be strict JSON and fit the rules of its route; the body of a chat,
/// completion, embedding, response or moderation must give consistent facts (Exchange::facts), too.
/// Other bodies (multipart, audio, files) pass unread. Errors are 400 with `param` and `code`. In
/// Mode::kReport what breaks a rule alone passes all the same. Every verdict is counted, and left
/// for the log as the remark request_verdict; what passed in spite of a violation also as
/// request_violation and request_violation_param.
///
/// Needs no facts of other layers; place it after auth, so that strangers cost no parsing. May suspend
/// for a text that takes long to check, see validation.h. Immutable, so thread-safe.
class JsonSchema final : public Interceptor {
 public:
  /// `metrics` outlives this.
  JsonSchema(json_schema::Options options, Metrics& metrics);

  Result<Response> handle(Exchange& x, Next next) const override;

 private:
  Result<void> check(Exchange& x) const;
  Result<json_schema::Verdict> judge(Exchange& x) const;
  void note(Exchange& x, json_schema::Verdict verdict) const;

  json_schema::Options options_;
  json_schema::VerdictCounter verdicts_;
  json_schema::AnswerCheck answers_;
};

/// See InterceptorKind::create; options in json_schema/options.h.
Layer make_json_schema(const config::Node& options, config::Diagnostics& diagnostics,
                       const Services& services);

}  // namespace penstock
