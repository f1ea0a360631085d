#include "interceptors/json_schema/json_schema.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "interceptors/json_schema/violation_error.h"

namespace penstock {

namespace {

using json_schema::index_of;
using json_schema::Judgement;
using json_schema::Mode;
using json_schema::RouteRules;
using json_schema::Verdict;

// Without parameters, RFC 9110 section 8.3.1.
std::string_view media_type(const Headers& headers) {
  std::string_view type = headers.get("content-type").value_or("");
  type = type.substr(0, type.find(';'));
  return type.substr(0, type.find_last_not_of(" \t") + 1);
}

// What a model is asked, and not what is done to a response that there is already.
bool is_question(const Request& request) {
  switch (request.route) {
    case Route::kChatCompletions:
    case Route::kCompletions:
    case Route::kEmbeddings:
    case Route::kModerations:
      return true;
    case Route::kResponses:
      return request.path == "/responses";
    default:
      return false;
  }
}

bool has_json_body(const Exchange& x) {
  // JSON, whatever the head says: the upstream will read it so.
  if (is_question(x.request)) return true;
  if (x.body().empty()) return false;
  return x.request.route == Route::kResponses ||
         equals_ignoring_case(media_type(x.request.headers), "application/json");
}

// Below /responses are requests of other shapes, which the rules are not meant for.
bool has_rules(const Request& request) {
  return request.route != Route::kResponses || is_question(request);
}

Result<Judgement> judge_by(const RouteRules& rules, Exchange& x, const json::Document& body) {
  std::string_view model;
  if (rules.by_model()) {
    const RequestFacts* facts = TRY(x.facts());
    model = facts->model;
  }
  return rules.judge(body, model);
}

}  // namespace

JsonSchema::JsonSchema(json_schema::Options options, Metrics& metrics)
    : options_(std::move(options)),
      verdicts_(metrics, json_schema::Side::kRequest, json_schema::to_string(options_.mode)),
      answers_(options_.response, metrics) {}

Result<Response> JsonSchema::handle(Exchange& x, Next next) const {
  if (x.request.method == "POST") TRY_VOID(check(x));
  return answers_.call(x, next);
}

Result<void> JsonSchema::check(Exchange& x) const {
  if (!has_json_body(x)) {
    if (!x.body().empty()) note(x, Verdict::kSkipped);
    return {};
  }
  const auto verdict = judge(x);
  note(x, verdict ? *verdict : Verdict::kInvalid);
  if (!verdict) return verdict.error();
  return {};
}

Result<Verdict> JsonSchema::judge(Exchange& x) const {
  const json::Document* body = TRY(x.document());
  Verdict verdict = Verdict::kSkipped;
  if (has_rules(x.request)) {
    const RouteRules& rules = options_.rules[index_of(x.request.route)];
    const Judgement judgement = TRY(judge_by(rules, x, *body));
    if (judgement.judged) verdict = Verdict::kValid;
    if (judgement.violation) {
      Error error = json_schema::to_error(*judgement.violation);
      if (options_.mode == Mode::kEnforce) return error;
      verdict = Verdict::kInvalid;
      x.remarks()->set("request_violation_param", std::move(error.param));
      x.remarks()->set("request_violation", std::move(error.public_message));
    }
  }
  if (is_question(x.request)) TRY_VOID(x.facts());
  return verdict;
}

void JsonSchema::note(Exchange& x, Verdict verdict) const {
  verdicts_.count(verdict);
  x.remarks()->set("request_verdict", std::string(to_string(verdict)));
}

Layer make_json_schema(const config::Node& options, config::Diagnostics& diagnostics,
                       const Services& services) {
  const std::size_t errors_before = diagnostics.list().size();
  auto parsed = json_schema::parse_options(options, diagnostics);
  Layer layer;
  layer.files = parsed.files;
  if (diagnostics.list().size() != errors_before) return layer;
  layer.interceptor = std::make_unique<JsonSchema>(std::move(parsed), services.metrics);
  return layer;
}

}  // namespace penstock
