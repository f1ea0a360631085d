// The keywords that apply further schemas to the same instance.

#include <algorithm>
#include <utility>

#include "schema/compiler.h"

namespace penstock::schema {

Result<void> Compiler::read_in_place_rules(const Keywords& keywords, Node& node) {
  auto rules = std::make_unique<InPlaceRules>();
  rules->all = TRY(children(keywords, "allOf"));
  TRY_VOID(read_references(keywords, *rules));
  TRY_VOID(read_choices(keywords, *rules));
  rules->negated = TRY(child(keywords, "not"));
  Condition condition;
  condition.test = TRY(child(keywords, "if"));
  condition.then = TRY(child(keywords, "then"));
  condition.otherwise = TRY(child(keywords, "else"));
  if (condition.test != kNoNode) rules->condition = condition;
  TRY_VOID(read_dependencies(keywords, *rules));

  const bool any = !rules->all.empty() || !rules->choices.empty() || rules->condition ||
                   rules->negated != kNoNode || rules->dynamic || !rules->dependencies.empty();
  if (any) node.in_place = std::move(rules);
  return {};
}

Result<void> Compiler::read_references(const Keywords& keywords, InPlaceRules& rules) {
  if (const auto text = TRY(keywords.text("$ref"))) {
    auto target = catalogue_.resolve(here_.resource, *text);
    if (!target) return keywords.error("$ref", target.error().detail);
    rules.all.push_back(TRY(node_at(std::move(*target))));
  }
  return read_dynamic_reference(keywords, rules);
}

Result<void> Compiler::read_dynamic_reference(const Keywords& keywords, InPlaceRules& rules) {
  const auto text = TRY(keywords.text("$dynamicRef"));
  if (!text) return {};
  auto target = catalogue_.resolve(here_.resource, *text);
  if (!target) return keywords.error("$dynamicRef", target.error().detail);
  const NodeId id = TRY(node_at(std::move(*target)));
  const auto name = catalogue_.dynamic_anchor_of(here_.resource, *text);
  if (!name) {
    rules.all.push_back(id);  // no more than a $ref
    return {};
  }
  const auto known = std::find(dynamic_names_.begin(), dynamic_names_.end(), *name);
  const auto anchor = static_cast<std::uint32_t>(known - dynamic_names_.begin());
  if (known == dynamic_names_.end()) {
    dynamic_names_.emplace_back(*name);
    plan_.dynamic_anchors.emplace_back();
  }
  rules.dynamic = DynamicReference{id, anchor};
  return {};
}

Result<void> Compiler::read_choices(const Keywords& keywords, InPlaceRules& rules) {
  for (const std::string_view keyword : {"anyOf", "oneOf"}) {
    Choice choice;
    choice.exactly_one = keyword == "oneOf";
    choice.branches = TRY(children(keywords, keyword));
    if (!choice.branches.empty()) rules.choices.push_back(std::move(choice));
  }
  return {};
}

Result<void> Compiler::read_dependencies(const Keywords& keywords, InPlaceRules& rules) {
  for (const std::string_view keyword : {"dependentRequired", "dependentSchemas", "dependencies"}) {
    const auto dependencies = TRY(keywords.map(keyword));
    if (!dependencies) continue;
    for (const auto [name, value] : *dependencies) {
      Dependency dependency;
      dependency.name = name;
      dependency.keyword = keyword;
      const bool names =
          keyword == "dependentRequired" || (keyword == "dependencies" && value.is_array());
      if (names) {
        dependency.required = TRY(keywords.texts_of(keyword, value));
      } else {
        dependency.schema = TRY(child_at(keywords.path_of(keyword, name), value));
      }
      rules.dependencies.push_back(std::move(dependency));
    }
  }
  return {};
}

}  // namespace penstock::schema
