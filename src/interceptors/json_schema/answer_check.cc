#include "interceptors/json_schema/answer_check.h"

#include <memory>
#include <utility>

#include "interceptors/json_schema/answer_task.h"
#include "interceptors/json_schema/expectations.h"

namespace penstock::json_schema {

AnswerCheck::AnswerCheck(const ResponseOptions& options, Metrics& metrics)
    : options_(options), verdicts_(metrics, Side::kResponse, "enforce") {
  if (options.provider) well_formed_.emplace();
}

bool AnswerCheck::concerns(const Request& request) const noexcept {
  if (!options_.any() || request.method != "POST") return false;
  if (request.path == "/chat/completions") return true;
  return options_.provider && (request.path == "/completions" || request.path == "/embeddings");
}

Result<Response> AnswerCheck::call(Exchange& x, Next next) const {
  if (!concerns(x.request)) return next(x);
  std::shared_ptr<const Expectations> expectations;
  if (options_.structured && x.request.route == Route::kChatCompletions) {
    const json::Document* document = TRY(x.document());
    Expectations found = TRY(read_expectations(*document, schemas_));
    if (!found.empty()) expectations = std::make_shared<const Expectations>(std::move(found));
  }
  if (!options_.provider && !expectations) return next(x);
  const RequestFacts* facts = TRY(x.facts());
  return AnswerTask({options_, well_formed_ ? &*well_formed_ : nullptr, std::move(expectations),
                     verdicts_, facts->stream},
                    x, next)
      .run();
}

}  // namespace penstock::json_schema
