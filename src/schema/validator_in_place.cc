// The keywords that apply further schemas to the same instance, and those that look at what these
// have left over.

#include "schema/quiet.h"
#include "schema/validator.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;

}  // namespace

bool Validator::check_in_place(const InPlaceRules& rules, const Node& node,
                               const Instance& instance, Marks marks) {
  for (const NodeId id : rules.all) {
    if (!check(id, instance, marks)) return false;
  }
  if (rules.dynamic && !check(target_of(*rules.dynamic), instance, marks)) return false;
  for (const Choice& choice : rules.choices) {
    if (!check_choice(choice, node, instance, marks)) return false;
  }
  if (rules.negated != kNoNode && fits(rules.negated, instance)) return refuse_negated(node);
  if (instance.type == kObject && !rules.dependencies.empty() &&
      !check_dependencies(rules, node, instance, marks)) {
    return false;
  }
  if (!rules.condition) return true;
  const NodeId next = fits(rules.condition->test, instance, marks) ? rules.condition->then
                                                                   : rules.condition->otherwise;
  return next == kNoNode || check(next, instance, marks);
}

// Core, section 8.2.3.2: the outermost one, however far away.
NodeId Validator::target_of(const DynamicReference& reference) const {
  const auto& anchors = plan_.dynamic_anchors[reference.anchor];
  for (const std::uint32_t resource : scope_) {
    if (const auto found = anchors.find(resource); found != anchors.end()) return found->second;
  }
  return reference.target;
}

bool Validator::enter_scope(const Node& node) {
  if (!scope_.empty() && scope_.back() == node.resource) return false;
  scope_.push_back(node.resource);
  return true;
}

bool Validator::check_dependencies(const InPlaceRules& rules, const Node& node,
                                   const Instance& instance, Marks marks) {
  const auto object = instance.element.get_object().value_unsafe();
  const auto has = [&](std::string_view name) {
    return budget_.spend(size_of(object) / 8) && object.at_key(name).error() == simdjson::SUCCESS;
  };
  for (const Dependency& dependency : rules.dependencies) {
    if (!budget_.spend(1)) return false;
    if (!has(dependency.name)) continue;
    for (const std::string_view name : dependency.required) {
      if (!has(name)) return refuse_missing(node, dependency.keyword, name);
    }
    if (dependency.schema != kNoNode && !check(dependency.schema, instance, marks)) return false;
  }
  return true;
}

bool Validator::check_choice(const Choice& choice, const Node& node, const Instance& instance,
                             Marks marks) {
  const std::vector<NodeId>& branches = choice.by_type[index_of(instance.type)];
  if (branches.empty()) return refuse_untaken(choice, node, instance);
  if (branches.size() == 1) return check(branches.front(), instance, marks);
  if (instance.type == kObject && choice.tag) {
    element value;
    const auto object = instance.element.get_object().value_unsafe();
    if (object.at_key(choice.tag->name).get(value) == simdjson::SUCCESS) {
      return check_by_tag(choice, node, instance, value, marks);
    }
    if (choice.tag->required) return refuse_missing_tag(choice, node);
  }
  return try_branches(choice, node, instance, marks);
}

bool Validator::check_by_tag(const Choice& choice, const Node& node, const Instance& instance,
                             element value, Marks marks) {
  const Instance found = Instance::of(value);
  if (found.type != kString) return refuse_tag(choice, node, found);
  const std::uint32_t place = choice.tag->values.find(found.text());
  if (place == NameTable::kNone) return refuse_tag(choice, node, found);
  return check(choice.tag->branches[place], instance, marks);
}

bool Validator::try_branches(const Choice& choice, const Node& node, const Instance& instance,
                             Marks marks) {
  int fitting = 0;
  for (const NodeId branch : choice.by_type[index_of(instance.type)]) {
    if (!fits(branch, instance, marks)) continue;
    ++fitting;
    // Where somebody asks what was looked at, every branch of an anyOf has a say.
    if (choice.exactly_one ? fitting > 1 : marks == nullptr) break;
  }
  const bool fit = choice.exactly_one ? fitting == 1 : fitting > 0;
  return fit || refuse_choice(choice, node, instance, fitting);
}

bool Validator::fits(NodeId id, const Instance& instance, Marks marks) {
  const Quiet quiet(*this);
  return marks == nullptr ? check(id, instance) : fits_and_marks(id, instance, *marks);
}

bool Validator::fits_and_marks(NodeId id, const Instance& instance, Bits& marks) {
  if (!budget_.spend(marks.words())) return false;
  Bits fresh(bits_, marks.words() * 64);
  if (!check(id, instance, &fresh)) return false;
  marks.add(fresh);
  return true;
}

bool Validator::check_other_items(const Node& node, simdjson::dom::array array, Bits& evaluated) {
  std::size_t index = 0;
  for (const element item : array) {
    if (!evaluated.test(index) && !check(node.unevaluated->items, Instance::of(item))) {
      return within(index);
    }
    ++index;
  }
  evaluated.set_all();
  return true;
}

bool Validator::check_other_members(const Node& node, simdjson::dom::object object,
                                    Bits& evaluated) {
  const NodeId schema = node.unevaluated->properties;
  std::size_t index = 0;
  for (const auto field : object) {
    if (!evaluated.test(index)) {
      if (plan_.nodes[schema].refuses_all) {
        return refuse_additional(node, "unevaluatedProperties", field.key);
      }
      if (!check(schema, Instance::of(field.value))) return within(field.key);
    }
    ++index;
  }
  evaluated.set_all();
  return true;
}

}  // namespace penstock::schema
