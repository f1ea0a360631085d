#include "interceptors/json_schema/json_schema.h"

#include <memory>
#include <string_view>
#include <utility>

#include "interceptors/json_schema/violation_error.h"

namespace penstock {

namespace {

// Without parameters, RFC 9110 section 8.3.1.
std::string_view media_type(const Headers& headers) {
  std::string_view type = headers.get("content-type").value_or("");
  type = type.substr(0, type.find(';'));
  return type.substr(0, type.find_last_not_of(" \t") + 1);
}

// Routes that have a schema, and facts that more than one layer reads.
bool has_schema(Route route) {
  return route == Route::kChatCompletions || route == Route::kCompletions ||
         route == Route::kEmbeddings;
}

bool has_json_body(const Exchange& x) {
  const Route route = x.request.route;
  if (x.request.method != "POST") return false;
  // JSON, whatever the head says: the upstream will read it so.
  if (has_schema(route)) return true;
  if (x.body().empty()) return false;
  return route == Route::kResponses || route == Route::kModerations ||
         equals_ignoring_case(media_type(x.request.headers), "application/json");
}

const schema::Schema* find_schema(const json_schema::Schemas& schemas, Route route) {
  const auto pointer = [](const auto& schema) { return schema ? &*schema : nullptr; };
  if (route == Route::kChatCompletions) return pointer(schemas.chat_completions);
  if (route == Route::kCompletions) return pointer(schemas.completions);
  if (route == Route::kEmbeddings) return pointer(schemas.embeddings);
  return nullptr;
}

}  // namespace

JsonSchema::JsonSchema(json_schema::Schemas schemas, Metrics& metrics)
    : schemas_(std::move(schemas)), answers_(schemas_.response, metrics) {}

Result<Response> JsonSchema::handle(Exchange& x, Next next) const {
  if (has_json_body(x)) TRY_VOID(check(x));
  return answers_.call(x, next);
}

Result<void> JsonSchema::check(Exchange& x) const {
  const json::Document* document = TRY(x.document());
  if (const schema::Schema* schema = find_schema(schemas_, x.request.route)) {
    if (const auto violation = schema->validate(*document)) {
      return json_schema::to_error(*violation);
    }
  }
  if (has_schema(x.request.route)) TRY_VOID(x.facts());
  return {};
}

Layer make_json_schema(const config::Node& options, config::Diagnostics& diagnostics,
                       const Services& services) {
  Layer layer;
  auto schemas = json_schema::parse_options(options, diagnostics);
  layer.files = schemas.files;
  layer.interceptor = std::make_unique<JsonSchema>(std::move(schemas), services.metrics);
  return layer;
}

}  // namespace penstock
