#include "schema/validator.h"

#include <algorithm>
#include <utility>

#include "schema/quiet.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;

// Built-in schemas need some 15 levels. The stack is watched by the budget besides.
constexpr int kMaxNesting = 100;
// No sane schema comes near: it has a hundred rules for every value of the text. The most takes a
// second or two.
constexpr std::uint64_t kStepsAtLeast = 200'000;
constexpr std::uint64_t kStepsPerByte = 16;
constexpr std::uint64_t kStepsAtMost = 64'000'000;
// See Pattern::work; the units that every text has take half a second at worst.
constexpr std::uint64_t kMatchingAtLeast = 400'000'000;
constexpr std::uint64_t kMatchingPerByte = 64;

// Each takes some five milliseconds at worst.
constexpr std::uint64_t kQuickSteps = 200'000;
constexpr std::uint64_t kQuickMatching = 4'000'000;

std::uint64_t steps(std::size_t text_bytes, Effort effort) {
  const std::uint64_t sane = kStepsAtLeast + kStepsPerByte * text_bytes;
  return std::min(sane, effort == Effort::kQuick ? kQuickSteps : kStepsAtMost);
}

std::uint64_t matching(std::size_t text_bytes, Effort effort) {
  return effort == Effort::kQuick ? kQuickMatching
                                  : kMatchingAtLeast + kMatchingPerByte * text_bytes;
}

std::uint64_t count_characters(std::string_view text) {
  const auto leads = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
  return static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), leads));
}

}  // namespace

Validator::Validator(const Plan& plan, std::size_t text_bytes, Effort effort)
    : plan_(plan), budget_(steps(text_bytes, effort)), matching_(matching(text_bytes, effort)) {}

std::optional<Violation> Validator::run(element root) {
  const bool fit = check(0, Instance::of(root));
  if (budget_.is_spent()) {
    refuse_limit();
  } else if (fit) {
    return std::nullopt;
  }
  name_place(violation_);
  return std::move(violation_);
}

// These two are parts of check(), which nearly every step goes through: as functions of their own
// they would be a quarter of its cost.
[[gnu::always_inline]] inline bool Validator::check_rules(const Node& node,
                                                          const Instance& instance, Marks marks) {
  switch (instance.type) {
    case kNull:
    case kBoolean:
      return true;
    case kInteger:
    case kFraction:
      return !node.number || check_number(node, instance);
    case kString:
      return !node.string || check_string(node, instance);
    case kArray:
      return !node.array || check_array(node, instance, marks);
    case kObject:
      return !node.object || check_object(node, instance, marks);
  }
  return false;
}

[[gnu::always_inline]] inline bool Validator::check_node(const Node& node, const Instance& instance,
                                                         Marks marks) {
  if (node.free & instance.type) return true;
  if (node.refuses_all) return refuse_everything(node);
  if (!(node.types & instance.type)) return refuse_type(node, instance);
  if (node.values && !check_values(node, instance)) return false;
  if (node.unevaluated) return check_unevaluated(node, instance, marks);
  if (!check_rules(node, instance, marks)) return false;
  return !node.in_place || check_in_place(*node.in_place, node, instance, marks);
}

bool Validator::check(NodeId id, const Instance& instance, Marks marks) {
  // Once the budget is spent everything is refused, and run() turns whatever came of it into an
  // error.
  if (nesting_ == kMaxNesting) budget_.exhaust();
  if (!budget_.spend(1)) return false;
  const Node& node = plan_.nodes[id];
  const bool scoped = !plan_.dynamic_anchors.empty() && enter_scope(node);
  ++nesting_;
  const bool fit = check_node(node, instance, marks);
  --nesting_;
  if (scoped) leave_scope();
  return fit;
}

bool Validator::check_unevaluated(const Node& node, const Instance& instance, Marks marks) {
  std::size_t size = 0;
  if (instance.type == kArray) size = size_of(instance.element.get_array().value_unsafe());
  if (instance.type == kObject) size = size_of(instance.element.get_object().value_unsafe());
  // Of this schema alone: what others beside it have looked at does not count.
  Bits evaluated(bits_, size);
  if (!budget_.spend(evaluated.words())) return false;
  if (!check_rules(node, instance, &evaluated)) return false;
  if (node.in_place && !check_in_place(*node.in_place, node, instance, &evaluated)) return false;
  if (instance.type == kArray && node.unevaluated->items != kNoNode &&
      !check_other_items(node, instance.element.get_array().value_unsafe(), evaluated)) {
    return false;
  }
  if (instance.type == kObject && node.unevaluated->properties != kNoNode &&
      !check_other_members(node, instance.element.get_object().value_unsafe(), evaluated)) {
    return false;
  }
  if (marks != nullptr) marks->add(evaluated);
  return true;
}

[[gnu::always_inline]] inline bool Validator::check_part(NodeId id, element part) {
  // Texts of messages are far apart in memory, and most may be anything, so they stay untouched.
  const TypeSet types = types_at_sight(part);
  if ((plan_.nodes[id].free & types) == types) return budget_.spend(1);
  return check(id, Instance::of(part));
}

bool Validator::check_values(const Node& node, const Instance& instance) {
  const ValueRules& rules = *node.values;
  if (instance.type == kString) {
    return rules.texts.find(instance.text(), 0) != NameTable::kNone || refuse_value(node, instance);
  }
  for (const element value : rules.others) {
    if (equal(instance, Instance::of(value), budget_)) return true;
  }
  // Those of other types cost something too.
  if (!budget_.spend(rules.others.size() / 8)) return false;
  return refuse_value(node, instance);
}

bool Validator::check_number(const Node& node, const Instance& instance) {
  const NumberRules& rules = *node.number;
  const Number number = Number::of(instance.element);
  if (rules.minimum) {
    const auto order = compare(number, *rules.minimum);
    if (order < 0 || (order == 0 && rules.minimum_excluded)) {
      return refuse_number(node, instance, rules.minimum_excluded ? "exclusiveMinimum" : "minimum");
    }
  }
  if (rules.maximum) {
    const auto order = compare(number, *rules.maximum);
    if (order > 0 || (order == 0 && rules.maximum_excluded)) {
      return refuse_number(node, instance, rules.maximum_excluded ? "exclusiveMaximum" : "maximum");
    }
  }
  if (rules.multiple_of && !rules.multiple_of->divides(number)) {
    return refuse_number(node, instance, "multipleOf");
  }
  return true;
}

bool Validator::check_string(const Node& node, const Instance& instance) {
  const StringRules& rules = *node.string;
  // A text has at most as many characters as bytes and at least a quarter of that, which mostly
  // saves the counting.
  const std::uint64_t bytes = instance.text().size();
  if (bytes > rules.length.max || bytes / 4 < rules.length.min) {
    const std::uint64_t length = count_characters(instance.text());
    if (!rules.length.holds(length)) return refuse_size(node, instance, rules.length, length);
  }
  if (rules.pattern && !matches(*rules.pattern, instance.text()))
    return refuse_text(node, instance);
  if (rules.format != nullptr && !rules.format->matches(instance.text())) {
    return refuse_format(node, instance);
  }
  return true;
}

bool Validator::matches(const Pattern& pattern, std::string_view text) {
  if (!matching_.spend(pattern.work(text))) budget_.exhaust();
  return !budget_.is_spent() && pattern.matches(text);
}

bool Validator::check_array(const Node& node, const Instance& instance, Marks marks) {
  const ArrayRules& rules = *node.array;
  const simdjson::dom::array array = instance.element.get_array().value_unsafe();
  const std::uint64_t size = size_of(array);
  if (!rules.size.holds(size)) return refuse_size(node, instance, rules.size, size);
  if ((rules.items != kNoNode || !rules.prefix.empty()) && !check_items(rules, array, marks)) {
    return false;
  }
  if (rules.contains && !check_contains(node, array, marks)) return false;
  return !rules.unique || all_different(array, budget_) || refuse_repeated(node);
}

bool Validator::check_items(const ArrayRules& rules, simdjson::dom::array array, Marks marks) {
  std::size_t index = 0;
  for (const element item : array) {
    const NodeId schema = index < rules.prefix.size() ? rules.prefix[index] : rules.items;
    if (schema == kNoNode) break;
    if (!check_part(schema, item)) return within(index);
    if (marks != nullptr) marks->set(index);
    ++index;
  }
  return true;
}

bool Validator::check_contains(const Node& node, simdjson::dom::array array, Marks marks) {
  const ContainsRules& rules = *node.array->contains;
  std::uint64_t found = 0;
  std::size_t index = 0;
  for (const element item : array) {
    if (fits(rules.schema, Instance::of(item))) {
      ++found;
      if (marks != nullptr) marks->set(index);
    }
    ++index;
    const bool open = rules.count.max < SizeRange().max;
    if (found > rules.count.max || (found >= rules.count.min && !open && marks == nullptr)) break;
  }
  return rules.count.holds(found) || refuse_contains(node, found);
}

[[gnu::always_inline]] inline bool Validator::check_member(const Node& node, std::string_view name,
                                                           element value, Walk& walk) {
  const ObjectRules& rules = *node.object;
  const std::uint32_t place = rules.names.find(name, walk.next);
  NodeId schema = kNoNode;
  if (place != NameTable::kNone) {
    if (walk.seen.test(place)) return refuse_duplicate(node, name);
    walk.seen.set(place);
    walk.next = place + std::size_t{1};
    schema = rules.members[place];
  }
  if (rules.property_names != kNoNode && !check_name(rules.property_names, name)) return false;
  walk.evaluated = schema != kNoNode;
  if (schema != kNoNode && !check_part(schema, value)) return within(name);
  if (!rules.patterns.empty() && !check_patterns(rules, name, value, walk.evaluated)) return false;
  if (walk.evaluated || rules.additional == kNoNode) return true;
  walk.evaluated = true;
  if (plan_.nodes[rules.additional].refuses_all) {
    return refuse_additional(node, "additionalProperties", name);
  }
  return check_part(rules.additional, value) || within(name);
}

bool Validator::check_object(const Node& node, const Instance& instance, Marks marks) {
  const ObjectRules& rules = *node.object;
  const simdjson::dom::object object = instance.element.get_object().value_unsafe();
  // First, so that no text with too many members is read to its end.
  const std::uint64_t size = size_of(object);
  if (!rules.size.holds(size)) return refuse_size(node, instance, rules.size, size);
  Walk walk{Bits(bits_, rules.names.size())};
  std::size_t index = 0;
  for (const auto field : object) {
    if (!check_member(node, field.key, field.value, walk)) return false;
    if (marks != nullptr && walk.evaluated) marks->set(index);
    ++index;
  }
  for (const std::uint32_t place : rules.required) {
    if (!walk.seen.test(place)) return refuse_missing(node, "required", rules.names.name(place));
  }
  return true;
}

bool Validator::check_patterns(const ObjectRules& rules, std::string_view name, element value,
                               bool& evaluated) {
  for (const ObjectRules::ByPattern& rule : rules.patterns) {
    if (!budget_.spend(1)) return false;
    if (!matches(rule.pattern, name)) continue;
    evaluated = true;
    if (!check_part(rule.schema, value)) return within(name);
  }
  return true;
}

bool Validator::check_name(NodeId id, std::string_view name) {
  if (check(id, Instance::of_name(name))) return true;
  if (!quiet_) {
    violation_.keyword = "propertyNames";
    violation_.message = "the name does not fit: " + violation_.message;
  }
  return within(name);
}

}  // namespace penstock::schema
