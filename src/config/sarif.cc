#include <algorithm>
#include <cstddef>

#include <nlohmann/json.hpp>

#include "base/percent_encoding.h"
#include "config/config.h"
#include "config/diagnostics.h"

namespace penstock::config {

namespace {

using Json = nlohmann::ordered_json;

/// Of a severity: the place of its rule in the list, the name of that, and the level.
struct Rule {
  int index;
  const char* id;
  const char* level;
  const char* text;
};
constexpr Rule kInvalid{0, "invalid-configuration", "error",
                        "The gateway refuses this configuration."};
constexpr Rule kSuspicious{1, "suspicious-configuration", "warning",
                           "The gateway takes this, but it is probably not what is meant."};

/// A file name as a URI reference (RFC 3986 section 4.1): what a path cannot hold is escaped, and
/// the colon too, which would make a scheme of the first segment.
std::string to_uri(std::string_view file) {
  return percent_encoded(file, "/-._~!$&'()*+,;=@");
}

/// The column in characters; in bytes where the line is not known.
int column_of(const Diagnostic& one, std::string_view text) {
  const auto line = line_of(text, one.where.line);
  const auto before = static_cast<std::size_t>(one.where.column - 1);
  if (!line || before > line->size()) return one.where.column;
  const auto begin = line->begin();
  const auto continued =
      std::count_if(begin, begin + static_cast<std::ptrdiff_t>(before), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) == 0x80;  // UTF-8
      });
  return one.where.column - static_cast<int>(continued);
}

Json location_of(const Diagnostic& one, std::string_view text) {
  Json physical{{"artifactLocation", {{"uri", to_uri(one.where.file)}}}};
  if (one.where.line > 0) {  // regions count from 1
    physical["region"] = {{"startLine", one.where.line}, {"startColumn", column_of(one, text)}};
  }
  Json location{{"physicalLocation", std::move(physical)}};
  if (!one.path.empty()) {
    location["logicalLocations"] = Json::array({{{"fullyQualifiedName", one.path}}});
  }
  return location;
}

Json result_of(const Diagnostic& one, std::string_view text) {
  const bool warns = one.severity == Diagnostic::Severity::kWarning;
  const Rule& rule = warns ? kSuspicious : kInvalid;
  return {{"ruleId", rule.id},
          {"ruleIndex", rule.index},
          {"level", rule.level},
          {"message", {{"text", one.message}}},
          {"locations", Json::array({location_of(one, text)})}};
}

Json driver() {
  Json rules = Json::array();
  for (const Rule& rule : {kInvalid, kSuspicious}) {
    rules.push_back({{"id", rule.id},
                     {"shortDescription", {{"text", rule.text}}},
                     {"defaultConfiguration", {{"level", rule.level}}}});
  }
  return {{"name", "penstock"}, {"version", PENSTOCK_VERSION}, {"rules", std::move(rules)}};
}

}  // namespace

std::string to_sarif(const Diagnostics& diagnostics, std::string_view text) {
  Json results = Json::array();
  for (const Diagnostic& one : sorted(diagnostics)) results.push_back(result_of(one, text));
  const Json run{{"tool", {{"driver", driver()}}},
                 {"columnKind", "unicodeCodePoints"},
                 {"results", std::move(results)}};
  const Json report{
      {"$schema",
       "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", Json::array({run})}};
  return report.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace penstock::config
