#include "interceptors/json_schema/validation.h"

#include "json/scratch.h"
#include "runtime/offload.h"

namespace penstock::json_schema {

namespace {

using schema::Effort;
using schema::Schema;
using schema::SchemaCache;
using schema::Violation;
using Checked = Result<std::optional<Violation>>;

bool is_undecided(const std::optional<Violation>& violation) {
  return violation && violation->keyword == "limit";
}

Checked parse_and_validate(const Schema& schema, std::string_view text, Effort effort) {
  thread_local json::Scratch scratch;
  const json::Document document = TRY(json::Document::parse(scratch.copy(text)));
  return schema.validate(document, effort);
}

}  // namespace

std::optional<Violation> validate(const Schema& schema, const json::Document& instance) {
  auto violation = schema.validate(instance, Effort::kQuick);
  if (is_undecided(violation)) {
    runtime::offload([&] { violation = schema.validate(instance); });
  }
  return violation;
}

Checked validate_text(const Schema& schema, std::string_view text) {
  Checked checked = parse_and_validate(schema, text, Effort::kQuick);
  if (checked && is_undecided(*checked)) {
    runtime::offload([&] { checked = parse_and_validate(schema, text, Effort::kWhole); });
  }
  return checked;
}

Result<SchemaCache::Pointer> compiled(SchemaCache& cache, std::string_view text) {
  if (SchemaCache::Pointer known = cache.find(text)) return known;
  Result<SchemaCache::Pointer> fresh = SchemaCache::Pointer();
  runtime::offload([&] { fresh = cache.get(text); });
  return fresh;
}

}  // namespace penstock::json_schema
