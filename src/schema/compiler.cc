#include "schema/compiler.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "json/document.h"
#include "schema/analysis.h"
#include "schema/reference.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// How many $refs may lead from one to the next with nothing between them.
constexpr int kMaxHops = 32;

bool has_any(const Keywords& keywords, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return keywords.has(name); });
}

}  // namespace

Result<std::unique_ptr<Plan>> compile_plan(std::string_view text) {
  std::string padded(text);
  padded.reserve(text.size() + json::kPadding);
  // Checked with the strict reader, then read into a parser of the plan's own, since that of a
  // Document belongs to its thread.
  if (const auto document = json::Document::parse(padded); !document) {
    return internal_error("the schema cannot be read: " + document.error().public_message);
  }
  auto plan = std::make_unique<Plan>();
  element root;
  if (plan->parser.parse(padded.data(), padded.size(), false).get(root) != simdjson::SUCCESS) {
    return internal_error("the schema cannot be read: no memory for it");
  }
  TRY_VOID(Compiler(root, plan->nodes).run());
  TRY_VOID(check_termination(plan->nodes));
  prepare_choices(plan->nodes);
  return plan;
}

Result<void> Compiler::run() {
  TRY(node_at(root_, ""));
  while (!queue_.empty()) {
    const Task task = queue_.front();
    queue_.pop_front();
    Node node;
    node.path = nodes_[task.id].path;
    TRY_VOID(compile(task.schema, node));
    nodes_[task.id] = std::move(node);
  }
  return {};
}

Result<NodeId> Compiler::node_at(element schema, std::string path) {
  for (int hops = 0; schema.is_object() && !path.empty(); ++hops) {
    const object keywords = schema.get_object().value_unsafe();
    if (!is_pure_reference(keywords)) break;
    const Keywords opened = TRY(Keywords::open(keywords, path));
    if (hops == kMaxHops) return opened.error("$ref", "too many references in a row");
    const auto text = TRY(opened.text("$ref"));
    auto target = resolve(root_, *text);
    if (!target) return opened.error("$ref", target.error().detail);
    schema = target->schema;
    path = std::move(target->path);
  }
  if (const auto known = known_.find(path); known != known_.end()) return known->second;
  const auto id = static_cast<NodeId>(nodes_.size());
  known_.emplace(path, id);
  nodes_.emplace_back().path = std::move(path);
  queue_.push_back({id, schema});
  return id;
}

Result<void> Compiler::compile(element schema, Node& node) {
  if (schema.is_bool()) {
    node.refuses_all = !schema.get_bool().value_unsafe();
    return {};
  }
  if (!schema.is_object()) {
    return internal_error("at " + node.path + ": a schema is an object or a boolean");
  }
  const Keywords keywords = TRY(Keywords::open(schema.get_object().value_unsafe(), node.path));
  TRY_VOID(read_definitions(keywords));
  TRY_VOID(read_types(keywords, node));
  TRY_VOID(read_values(keywords, node));
  TRY_VOID(read_number_rules(keywords, node));
  TRY_VOID(read_string_rules(keywords, node));
  TRY_VOID(read_array_rules(keywords, node));
  TRY_VOID(read_object_rules(keywords, node));
  return read_in_place_rules(keywords, node);
}

Result<NodeId> Compiler::child(const Keywords& keywords, std::string_view keyword) {
  const auto schema = keywords.find(keyword);
  if (!schema) return kNoNode;
  return node_at(*schema, keywords.path_of(keyword));
}

Result<std::vector<NodeId>> Compiler::children(const Keywords& keywords, std::string_view keyword) {
  std::vector<NodeId> ids;
  const auto schemas = TRY(keywords.list(keyword));
  if (!schemas) return ids;
  for (const element schema : *schemas) {
    ids.push_back(TRY(node_at(schema, keywords.path_of(keyword, std::to_string(ids.size())))));
  }
  if (ids.empty()) return keywords.error(keyword, "expected at least one schema");
  return ids;
}

Result<void> Compiler::read_definitions(const Keywords& keywords) {
  const auto definitions = TRY(keywords.map("$defs"));
  if (!definitions) return {};
  for (const auto [name, schema] : *definitions) {
    TRY(node_at(schema, keywords.path_of("$defs", name)));
  }
  return {};
}

Result<void> Compiler::read_array_rules(const Keywords& keywords, Node& node) {
  if (!has_any(keywords, {"items", "minItems", "maxItems"})) return {};
  ArrayRules rules;
  rules.size = TRY(keywords.sizes("minItems", "maxItems"));
  rules.items = TRY(child(keywords, "items"));
  node.array = std::make_unique<ArrayRules>(rules);
  return {};
}

Result<void> Compiler::read_object_rules(const Keywords& keywords, Node& node) {
  if (!has_any(keywords, {"properties", "required", "additionalProperties", "propertyNames",
                          "minProperties", "maxProperties"})) {
    return {};
  }
  auto rules = std::make_unique<ObjectRules>();
  rules->size = TRY(keywords.sizes("minProperties", "maxProperties"));
  rules->additional = TRY(child(keywords, "additionalProperties"));
  rules->property_names = TRY(child(keywords, "propertyNames"));
  TRY_VOID(read_properties(keywords, *rules));
  node.object = std::move(rules);
  return {};
}

Result<void> Compiler::read_properties(const Keywords& keywords, ObjectRules& rules) {
  std::map<std::string_view, std::size_t> places;
  std::vector<std::string_view> names;
  const auto place_of = [&](std::string_view name) {
    const auto [entry, fresh] = places.emplace(name, names.size());
    if (fresh) names.push_back(name);
    return entry->second;
  };
  if (const auto properties = TRY(keywords.map("properties"))) {
    for (const auto [name, schema] : *properties) {
      if (places.contains(name)) return keywords.error("properties", "a name stands there twice");
      place_of(name);
      rules.members.push_back(TRY(node_at(schema, keywords.path_of("properties", name))));
    }
  }
  const auto required = TRY(keywords.texts("required"));
  for (const std::string_view name : required) place_of(name);
  if (names.size() > NameTable::kMaxNames) {
    return keywords.error("properties", "more than " + std::to_string(NameTable::kMaxNames) +
                                            " names, counting those of required");
  }
  for (const std::string_view name : required) rules.required.set(places.at(name));
  rules.members.resize(names.size(), kNoNode);
  rules.names = NameTable(std::move(names));
  return {};
}

Result<NodeId> Compiler::referred(const Keywords& keywords) {
  const auto text = TRY(keywords.text("$ref"));
  if (!text) return kNoNode;
  auto target = resolve(root_, *text);
  if (!target) return keywords.error("$ref", target.error().detail);
  return node_at(target->schema, std::move(target->path));
}

Result<void> Compiler::read_in_place_rules(const Keywords& keywords, Node& node) {
  auto rules = std::make_unique<InPlaceRules>();
  rules->all = TRY(children(keywords, "allOf"));
  if (const NodeId target = TRY(referred(keywords)); target != kNoNode) {
    rules->all.push_back(target);
  }
  for (const std::string_view keyword : {"anyOf", "oneOf"}) {
    Choice choice;
    choice.exactly_one = keyword == "oneOf";
    choice.branches = TRY(children(keywords, keyword));
    if (!choice.branches.empty()) rules->choices.push_back(std::move(choice));
  }
  rules->negated = TRY(child(keywords, "not"));
  Condition condition;
  condition.test = TRY(child(keywords, "if"));
  condition.then = TRY(child(keywords, "then"));
  condition.otherwise = TRY(child(keywords, "else"));
  if (condition.test != kNoNode) rules->condition = condition;

  const bool empty = rules->all.empty() && rules->choices.empty() && !rules->condition &&
                     rules->negated == kNoNode;
  if (!empty) node.in_place = std::move(rules);
  return {};
}

}  // namespace penstock::schema
