#pragma once

#include <optional>

#include "penstock/interceptor.h"

#include "interceptors/json_schema/response_options.h"
#include "interceptors/json_schema/verdict_counter.h"
#include "interceptors/json_schema/well_formed.h"
#include "schema/schema_cache.h"

namespace penstock::json_schema {

/// The answer side of `json_schema`: holds answers with a 2xx status to the form of the API
/// (`provider`), and what the model wrote to what the request asked for (`structured`), before the
/// client gets any of it.
///
/// A whole answer that is at fault, or a stream found to be at fault before its first byte went
/// out, is a 502 upstream_invalid_response; a stream that has begun breaks off with an error event.
/// With `retry`, a model whose text does not fit is asked again as long as nothing went out; what
/// all calls used is told as the usage of the one answer. The verdict goes to the log record
/// (response_verdict) and to penstock_schema_verdicts_total.
///
/// Thread-safe: one instance for all loops. Suspends where the rest of the chain does.
class AnswerCheck {
 public:
  /// `metrics` outlives this.
  AnswerCheck(const ResponseOptions& options, Metrics& metrics);

  /// Calls the rest of the chain, once or more, and gives its checked answer. Errors: those of
  /// `next`, and 400 for a schema in the request that cannot be used; `next` is not called then.
  Result<Response> call(Exchange& x, Next next) const;

 private:
  bool concerns(const Request& request) const noexcept;

  ResponseOptions options_;
  VerdictCounter verdicts_;
  std::optional<WellFormed> well_formed_;
  mutable schema::SchemaCache schemas_;
};

}  // namespace penstock::json_schema
