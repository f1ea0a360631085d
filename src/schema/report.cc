#include "schema/report.h"

#include <initializer_list>
#include <utility>

#include "json/document.h"
#include "json/fault.h"

namespace penstock::schema {

Violation no_json(std::string message) {
  Violation violation;
  violation.keyword = "json";
  violation.message = std::move(message);
  violation.expected = "JSON";
  violation.found = "a text that is none";
  return violation;
}

std::optional<Violation> judge(const Schema& schema, std::string_view instance) {
  auto judged = schema.validate_text(instance);
  if (!judged) {
    const auto fault = json::find_fault(instance);
    return no_json("the instance is not valid JSON" +
                   (fault
                        ? ": " + std::string(fault->what) + " at byte " + std::to_string(fault->at)
                        : std::string()));
  }
  return std::move(*judged);
}

std::string to_json(const std::optional<Violation>& violation) {
  if (!violation) return R"({"valid":true,"errors":[]})";
  std::string json = R"({"valid":false,"errors":[{)";
  for (const auto& [name, text] : std::initializer_list<std::pair<const char*, const std::string&>>{
           {"instance_pointer", violation->instance_pointer},
           {"param", violation->instance_path},
           {"schema_path", violation->schema_path},
           {"keyword", violation->keyword},
           {"expected", violation->expected},
           {"found", violation->found},
           {"message", violation->message}}) {
    if (json.back() != '{') json += ',';
    json::append_quoted(json, name);
    json += ':';
    json::append_quoted(json, text);
  }
  return json + "}]}";
}

}  // namespace penstock::schema
