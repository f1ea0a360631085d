#include "schema/vocabulary.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/nearest.h"
#include "schema/name_table.h"

namespace penstock::schema {

namespace {

using enum Vocabulary;
using enum Holds;

// Drafts: 2020-12 keeps `definitions` and `dependencies` for schemas of the past, as its own
// meta-schema does.
constexpr auto kKeywords = std::to_array<KeywordInfo>({
    {"$id", kCore, kNoSchema, true, true},
    {"$schema", kCore, kNoSchema, true, true},
    {"$ref", kCore, kNoSchema, true, true},
    {"$anchor", kCore, kNoSchema, false, true},
    {"$dynamicRef", kCore, kNoSchema, false, true},
    {"$dynamicAnchor", kCore, kNoSchema, false, true},
    {"$vocabulary", kCore, kNoSchema, false, true},
    {"$comment", kCore, kNoSchema, true, true},
    {"$defs", kCore, kSchemasByName, false, true},
    {"definitions", kCore, kSchemasByName, true, true},
    {"allOf", kApplicator, kSchemas, true, true},
    {"anyOf", kApplicator, kSchemas, true, true},
    {"oneOf", kApplicator, kSchemas, true, true},
    {"not", kApplicator, kSchema, true, true},
    {"if", kApplicator, kSchema, true, true},
    {"then", kApplicator, kSchema, true, true},
    {"else", kApplicator, kSchema, true, true},
    {"dependentSchemas", kApplicator, kSchemasByName, false, true},
    {"dependencies", kApplicator, kSchemasByName, true, true},
    {"prefixItems", kApplicator, kSchemas, false, true},
    {"items", kApplicator, kSchemaOrList, true, true},
    {"additionalItems", kApplicator, kSchema, true, false},
    {"contains", kApplicator, kSchema, true, true},
    {"properties", kApplicator, kSchemasByName, true, true},
    {"patternProperties", kApplicator, kSchemasByName, true, true},
    {"additionalProperties", kApplicator, kSchema, true, true},
    {"propertyNames", kApplicator, kSchema, true, true},
    {"unevaluatedItems", kUnevaluated, kSchema, false, true},
    {"unevaluatedProperties", kUnevaluated, kSchema, false, true},
    {"type", kValidation, kNoSchema, true, true},
    {"enum", kValidation, kNoSchema, true, true},
    {"const", kValidation, kNoSchema, true, true},
    {"multipleOf", kValidation, kNoSchema, true, true},
    {"minimum", kValidation, kNoSchema, true, true},
    {"maximum", kValidation, kNoSchema, true, true},
    {"exclusiveMinimum", kValidation, kNoSchema, true, true},
    {"exclusiveMaximum", kValidation, kNoSchema, true, true},
    {"minLength", kValidation, kNoSchema, true, true},
    {"maxLength", kValidation, kNoSchema, true, true},
    {"pattern", kValidation, kNoSchema, true, true},
    {"minItems", kValidation, kNoSchema, true, true},
    {"maxItems", kValidation, kNoSchema, true, true},
    {"uniqueItems", kValidation, kNoSchema, true, true},
    {"minContains", kValidation, kNoSchema, false, true},
    {"maxContains", kValidation, kNoSchema, false, true},
    {"minProperties", kValidation, kNoSchema, true, true},
    {"maxProperties", kValidation, kNoSchema, true, true},
    {"required", kValidation, kNoSchema, true, true},
    {"dependentRequired", kValidation, kNoSchema, false, true},
    {"format", kFormat, kNoSchema, true, true},
    {"contentEncoding", kNotes, kNoSchema, true, true},
    {"contentMediaType", kNotes, kNoSchema, true, true},
    {"contentSchema", kNotes, kSchema, false, true},
    {"title", kNotes, kNoSchema, true, true},
    {"description", kNotes, kNoSchema, true, true},
    {"default", kNotes, kNoSchema, true, true},
    {"examples", kNotes, kNoSchema, true, true},
    {"deprecated", kNotes, kNoSchema, false, true},
    {"readOnly", kNotes, kNoSchema, true, true},
    {"writeOnly", kNotes, kNoSchema, true, true},
});

NameTable make_table() {
  std::vector<std::string_view> names;
  for (const KeywordInfo& keyword : kKeywords) names.push_back(keyword.name);
  return NameTable(std::move(names));
}

}  // namespace

std::span<const KeywordInfo> all_keywords() {
  return kKeywords;
}

std::optional<std::size_t> find_keyword(std::string_view name) {
  static const NameTable kTable = make_table();
  const std::uint32_t place = kTable.find(name);
  if (place == NameTable::kNone) return std::nullopt;
  return place;
}

std::optional<std::string> nearest_keyword(std::string_view name) {
  std::vector<std::string> known;
  for (const KeywordInfo& keyword : kKeywords) known.emplace_back(keyword.name);
  return nearest(name, known);
}

bool Dialect::has(const KeywordInfo& keyword) const noexcept {
  if (draft == Draft::k7 ? !keyword.in_7 : !keyword.in_2020_12) return false;
  switch (keyword.vocabulary) {
    case kApplicator:
      return applicator;
    case kUnevaluated:
      return unevaluated;
    case kValidation:
      return validation;
    case kCore:
    case kFormat:
    case kNotes:
      break;
  }
  return true;
}

std::optional<Draft> draft_of(std::string_view uri) {
  if (uri.ends_with('#')) uri.remove_suffix(1);
  if (uri == "https://json-schema.org/draft/2020-12/schema") return Draft::k2020_12;
  // Written both ways.
  if (uri == "http://json-schema.org/draft-07/schema") return Draft::k7;
  if (uri == "https://json-schema.org/draft-07/schema") return Draft::k7;
  return std::nullopt;
}

bool add_vocabulary(Dialect& dialect, std::string_view uri) {
  constexpr std::string_view kPrefix = "https://json-schema.org/draft/2020-12/vocab/";
  if (!uri.starts_with(kPrefix)) return false;
  const std::string_view name = uri.substr(kPrefix.size());
  if (name == "applicator") dialect.applicator = true;
  if (name == "unevaluated") dialect.unevaluated = true;
  if (name == "validation") dialect.validation = true;
  if (name == "format-assertion") dialect.assert_formats = true;
  constexpr auto kNames = std::to_array<std::string_view>(
      {"core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation",
       "format-assertion", "content"});
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace penstock::schema
