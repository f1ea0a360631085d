#include "interceptors/json_schema/violation_error.h"

#include <array>
#include <string>
#include <string_view>

namespace penstock::json_schema {

namespace {

using schema::Violation;

struct Code {
  std::string_view keyword;
  std::string_view code;
  std::string_view lead = "invalid value for ";
};

// The codes are those of api.openai.com, as far as they are known.
constexpr auto kCodes = std::to_array<Code>({
    {"required", "missing_required_parameter", "missing required parameter: "},
    {"additionalProperties", "unknown_parameter", "unknown parameter: "},
    {"unevaluatedProperties", "unknown_parameter", "unknown parameter: "},
    {"type", "invalid_type", "invalid type for "},
    {"minItems", "array_below_min_length"},
    {"maxItems", "array_above_max_length"},
    {"minLength", "string_below_min_length"},
    {"maxLength", "string_above_max_length"},
    {"minProperties", "object_below_min_properties"},
    {"maxProperties", "object_above_max_properties"},
    {"minimum", "decimal_below_min_value"},
    {"exclusiveMinimum", "decimal_below_min_value"},
    {"maximum", "decimal_above_max_value"},
    {"exclusiveMaximum", "decimal_above_max_value"},
});

Code find_code(std::string_view keyword) {
  for (const Code& code : kCodes) {
    if (code.keyword == keyword) return code;
  }
  return {keyword, "invalid_value"};
}

std::string code_of(const Violation& violation) {
  using Detail = Violation::Detail;
  std::string code(find_code(violation.keyword).code);
  if (violation.keyword == "minItems" && violation.detail == Detail::kEmpty) return "empty_array";
  constexpr std::string_view kDecimal = "decimal";
  if (violation.detail == Detail::kInteger && code.starts_with(kDecimal)) {
    code.replace(0, kDecimal.size(), "integer");
  }
  return code;
}

// The lead says it all where a field is missing or unknown.
bool is_whole_story(std::string_view keyword) {
  return keyword == "required" || keyword == "additionalProperties" ||
         keyword == "unevaluatedProperties";
}

}  // namespace

Error to_error(const Violation& violation) {
  if (violation.instance_path.empty()) {
    return invalid_request("invalid request body: " + violation.message, {}, code_of(violation));
  }
  std::string message(find_code(violation.keyword).lead);
  message += violation.instance_path;
  if (!is_whole_story(violation.keyword)) message += ": " + violation.message;
  return invalid_request(std::move(message), violation.instance_path, code_of(violation));
}

}  // namespace penstock::json_schema
