#pragma once

#include "penstock/config.h"
#include "penstock/interceptor.h"

#include "chain/factory.h"
#include "interceptors/json_schema/answer_check.h"
#include "interceptors/json_schema/options.h"

namespace penstock {

/// Refuses requests that no provider would take, before they cost anything, in words that name the
/// field; and answers that are not what was asked for, see json_schema/answer_check.h.
///
/// The body of a POST to chat completions, completions or embeddings must fit the schema of its
/// route and give consistent facts (Exchange::facts). JSON bodies of other routes must be strict
/// JSON. Other bodies (multipart, audio, files) pass unread. Errors are 400 with `param` and
/// `code`.
///
/// Needs no facts of other layers; place it after auth, so that strangers cost no parsing. Does not
/// suspend by itself. Immutable, so thread-safe.
class JsonSchema final : public Interceptor {
 public:
  /// `metrics` outlives this.
  JsonSchema(json_schema::Schemas schemas, Metrics& metrics);

  Result<Response> handle(Exchange& x, Next next) const override;

 private:
  Result<void> check(Exchange& x) const;

  json_schema::Schemas schemas_;
  json_schema::AnswerCheck answers_;
};

/// See InterceptorKind::create; options in json_schema/options.h.
Layer make_json_schema(const config::Node& options, config::Diagnostics& diagnostics,
                       const Services& services);

}  // namespace penstock
