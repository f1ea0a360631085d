// The keywords about items and members.

#include <map>
#include <set>
#include <utility>

#include "schema/compiler.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;

bool is_default(const SizeRange& range) {
  return range.min == SizeRange().min && range.max == SizeRange().max;
}

}  // namespace

Result<void> Compiler::read_array_rules(const Keywords& keywords, Node& node) {
  ArrayRules rules;
  rules.size = TRY(keywords.sizes("minItems", "maxItems"));
  rules.unique = TRY(keywords.flag("uniqueItems"));
  TRY_VOID(read_items(keywords, rules));
  ContainsRules contains;
  contains.schema = TRY(child(keywords, "contains"));
  contains.count = TRY(keywords.sizes("minContains", "maxContains", 1));
  if (contains.schema != kNoNode) rules.contains = contains;
  const bool any = !is_default(rules.size) || rules.unique || !rules.prefix.empty() ||
                   rules.items != kNoNode || rules.contains;
  if (any) node.array = std::make_unique<ArrayRules>(std::move(rules));
  return {};
}

Result<void> Compiler::read_items(const Keywords& keywords, ArrayRules& rules) {
  const auto items = keywords.find("items");
  if (items && items->is_array() && keywords.dialect().draft == Draft::k7) {
    // Draft 7, section 6.4.1: a list is what prefixItems is now.
    if (size_of(items->get_array().value_unsafe()) > 0) {
      rules.prefix = TRY(children(keywords, "items"));
    }
    rules.items = TRY(child(keywords, "additionalItems"));
    return {};
  }
  if (items && items->is_array()) {
    return keywords.error("items", "a schema is an object or a boolean; use prefixItems");
  }
  rules.prefix = TRY(children(keywords, "prefixItems"));
  rules.items = TRY(child(keywords, "items"));
  return {};
}

Result<void> Compiler::read_object_rules(const Keywords& keywords, Node& node) {
  ObjectRules rules;
  rules.size = TRY(keywords.sizes("minProperties", "maxProperties"));
  TRY_VOID(read_properties(keywords, rules));
  TRY_VOID(read_patterns(keywords, rules));
  rules.additional = TRY(child(keywords, "additionalProperties"));
  rules.property_names = TRY(child(keywords, "propertyNames"));
  const bool any = !is_default(rules.size) || rules.names.size() > 0 || !rules.patterns.empty() ||
                   rules.additional != kNoNode || rules.property_names != kNoNode;
  if (any) node.object = std::make_unique<ObjectRules>(std::move(rules));
  return {};
}

Result<void> Compiler::read_properties(const Keywords& keywords, ObjectRules& rules) {
  std::map<std::string_view, std::uint32_t> places;
  std::vector<std::string_view> names;
  const auto place_of = [&](std::string_view name) {
    const auto [entry, fresh] = places.emplace(name, static_cast<std::uint32_t>(names.size()));
    if (fresh) names.push_back(name);
    return entry->second;
  };
  if (const auto properties = TRY(keywords.map("properties"))) {
    for (const auto [name, schema] : *properties) {
      if (places.contains(name)) return keywords.error("properties", "a name stands there twice");
      place_of(name);
      rules.members.push_back(TRY(child_at(keywords.path_of("properties", name), schema)));
    }
  }
  std::set<std::uint32_t> required;
  for (const std::string_view name : TRY(keywords.texts("required"))) {
    required.insert(place_of(name));
  }
  rules.required.assign(required.begin(), required.end());
  rules.members.resize(names.size(), kNoNode);
  rules.names = NameTable(std::move(names));
  return {};
}

Result<void> Compiler::read_patterns(const Keywords& keywords, ObjectRules& rules) {
  const auto schemas = TRY(keywords.map("patternProperties"));
  if (!schemas) return {};
  for (const auto [expression, schema] : *schemas) {
    auto pattern = patterns_.get(expression);
    if (!pattern) return keywords.error("patternProperties", pattern.error().detail);
    const NodeId id = TRY(child_at(keywords.path_of("patternProperties", expression), schema));
    rules.patterns.push_back({std::move(*pattern), id});
  }
  return {};
}

}  // namespace penstock::schema
