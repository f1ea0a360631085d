#include "interceptors/json_schema/options.h"

#include <algorithm>
#include <utility>

#include "interceptors/json_schema/rule_reader.h"
#include "interceptors/json_schema/schema_reader.h"

namespace penstock::json_schema {

namespace {

using config::Diagnostics;
using config::MapReader;
using config::Node;

void add(const ReadRule& read, std::vector<Rule> RouteRules::*list, RuleTable& table) {
  for (std::size_t i = 0; i < kRouteCount; ++i) {
    if (read.schemas[i]) (table[i].*list).push_back({read.models, *read.schemas[i]});
  }
}

/// On every route of the rule an earlier one takes whatever comes.
bool is_out_of_reach(const ReadRule& read, const RuleTable& table) {
  for (std::size_t i = 0; i < kRouteCount; ++i) {
    const std::vector<Rule>& earlier = table[i].request;
    const auto takes_all = [](const Rule& rule) { return rule.models.empty(); };
    if (read.schemas[i] && std::none_of(earlier.begin(), earlier.end(), takes_all)) return false;
  }
  return true;
}

void read_request_rule(const Node& node, SchemaReader& schemas, RuleTable& table) {
  const auto read = read_rule(node, RuleKind::kRequest, schemas);
  if (!read) return;
  if (is_out_of_reach(*read, table)) {
    schemas.diagnostics().error(node,
                                "no request comes to this rule, since those before it take them "
                                "all; put the narrower rules first");
  }
  add(*read, &RouteRules::request, table);
}

void read_request(const Node* node, SchemaReader& schemas, RuleTable& table) {
  if (node != nullptr && node->kind == Node::Kind::kList) {
    for (const Node& item : node->items) read_request_rule(item, schemas, table);
  } else if (node != nullptr) {
    read_request_rule(*node, schemas, table);
  }
  add(builtin_rule(schemas), &RouteRules::request, table);
}

void read_also(const Node* node, SchemaReader& schemas, RuleTable& table) {
  if (node == nullptr) return;
  if (node->kind != Node::Kind::kList) {
    schemas.diagnostics().error(*node, "expected a list of rules, `[{file: PATH}]`");
    return;
  }
  for (const Node& item : node->items) {
    if (const auto read = read_rule(item, RuleKind::kAlso, schemas)) {
      add(*read, &RouteRules::also, table);
    }
  }
}

}  // namespace

std::string_view to_string(Mode mode) noexcept {
  return mode == Mode::kEnforce ? "enforce" : "report";
}

Options parse_options(const Node& node, Diagnostics& diagnostics) {
  MapReader map(node, diagnostics);
  Options options;
  SchemaReader schemas(map, options.files);
  read_request(map.find("request"), schemas, options.rules);
  read_also(map.find("also"), schemas, options.rules);
  options.mode = map.choice("mode", {to_string(Mode::kEnforce), to_string(Mode::kReport)}, 0) == 0
                     ? Mode::kEnforce
                     : Mode::kReport;
  options.response = parse_response_options(map.find("response"), diagnostics);
  return options;
}

}  // namespace penstock::json_schema
