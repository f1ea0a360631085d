#include "schema/validator.h"

#include <algorithm>
#include <utility>

namespace penstock::schema {

namespace {

using simdjson::dom::element;

// A level takes up to 400 bytes of stack (g++ 12, -O2), so all of them stay below the 40 KiB that
// Schema::validate promises. Built-in schemas need some 15 levels.
constexpr int kMaxNesting = 100;
// No sane schema comes near: it has hundreds of rules for every byte of the text.
constexpr std::uint64_t kStepsAtLeast = 100'000;
constexpr std::uint64_t kStepsPerByte = 64;

bool within_range(const SizeRange& range, std::uint64_t size) {
  return size >= range.min && size <= range.max;
}

std::uint64_t count_characters(std::string_view text) {
  const auto leads = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
  return static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), leads));
}

}  // namespace

/// Silence while it lives: what does not fit meanwhile may still fit in another way.
class Validator::Quiet {
 public:
  explicit Quiet(Validator& validator) : quiet_(validator.quiet_), before_(quiet_) {
    quiet_ = true;
  }
  ~Quiet() { quiet_ = before_; }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  bool& quiet_;
  bool before_;
};

Validator::Validator(const Plan& plan, std::size_t text_bytes)
    : plan_(plan), steps_left_(kStepsAtLeast + kStepsPerByte * text_bytes) {}

std::optional<Violation> Validator::run(element root) {
  const bool fit = check(0, Instance::of(root));
  if (exhausted_) {
    refuse_limit();
  } else if (fit) {
    return std::nullopt;
  }
  violation_.instance_path = instance_path();
  return std::move(violation_);
}

bool Validator::check(NodeId id, const Instance& instance) {
  // Once it is exhausted everything is refused, and run() turns whatever came of it into an error.
  if (steps_left_ == 0 || nesting_ == kMaxNesting) exhausted_ = true;
  if (exhausted_) return false;
  --steps_left_;
  ++nesting_;
  const bool fit = check_node(plan_.nodes[id], instance);
  --nesting_;
  return fit;
}

bool Validator::check_node(const Node& node, const Instance& instance) {
  if (node.refuses_all) return refuse_everything(node);
  if (!(node.types & instance.type)) return refuse_type(node, instance);
  if (node.values && !check_values(node, instance)) return false;
  if (!check_rules(node, instance)) return false;
  return !node.in_place || check_in_place(*node.in_place, node, instance);
}

bool Validator::check_rules(const Node& node, const Instance& instance) {
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
      return !node.array || check_array(node, instance);
    case kObject:
      return !node.object || check_object(node, instance);
  }
  return false;
}

bool Validator::check_values(const Node& node, const Instance& instance) {
  for (const element value : *node.values) {
    if (equal(instance, value)) return true;
  }
  return refuse_value(node, instance);
}

bool Validator::check_number(const Node& node, const Instance& instance) {
  const NumberRules& rules = *node.number;
  const long double number = number_of(instance.element);
  if (rules.minimum) {
    const long double least = number_of(*rules.minimum);
    if (number < least || (number == least && rules.minimum_excluded)) {
      return refuse_number(node, instance, rules.minimum_excluded ? "exclusiveMinimum" : "minimum");
    }
  }
  if (rules.maximum) {
    const long double most = number_of(*rules.maximum);
    if (number > most || (number == most && rules.maximum_excluded)) {
      return refuse_number(node, instance, rules.maximum_excluded ? "exclusiveMaximum" : "maximum");
    }
  }
  return true;
}

bool Validator::check_string(const Node& node, const Instance& instance) {
  const StringRules& rules = *node.string;
  // A text has at most as many characters as bytes and at least a quarter of that, which mostly
  // saves the counting.
  const std::uint64_t bytes = instance.text.size();
  if (bytes > rules.length.max || bytes / 4 < rules.length.min) {
    const std::uint64_t length = count_characters(instance.text);
    if (!within_range(rules.length, length)) {
      return refuse_size(node, instance, rules.length, length);
    }
  }
  if (rules.pattern && !rules.pattern->matches(instance.text)) return refuse_text(node, instance);
  return true;
}

bool Validator::check_array(const Node& node, const Instance& instance) {
  const ArrayRules& rules = *node.array;
  const simdjson::dom::array array = instance.element.get_array().value_unsafe();
  const std::uint64_t size = size_of(array);
  if (!within_range(rules.size, size)) return refuse_size(node, instance, rules.size, size);
  if (rules.items == kNoNode) return true;
  std::size_t index = 0;
  for (const element item : array) {
    if (!check(rules.items, Instance::of(item))) return within(index);
    ++index;
  }
  return true;
}

bool Validator::check_object(const Node& node, const Instance& instance) {
  const ObjectRules& rules = *node.object;
  const simdjson::dom::object object = instance.element.get_object().value_unsafe();
  // First, so that no text with too many members is read to its end.
  const std::uint64_t size = size_of(object);
  if (!within_range(rules.size, size)) return refuse_size(node, instance, rules.size, size);
  ObjectRules::NameSet seen;
  for (const auto field : object) {
    if (!check_member(node, field.key, field.value, seen)) return false;
  }
  if ((rules.required & ~seen).any()) return refuse_missing(node, seen);
  return true;
}

bool Validator::check_member(const Node& node, std::string_view name, element value,
                             ObjectRules::NameSet& seen) {
  const ObjectRules& rules = *node.object;
  NodeId schema = rules.additional;
  const std::uint16_t place = rules.names.find(name);
  if (place != NameTable::kNone) {
    if (seen.test(place)) return refuse_duplicate(node, name);
    seen.set(place);
    if (rules.members[place] != kNoNode) schema = rules.members[place];
  }
  if (rules.property_names != kNoNode && !check_name(rules.property_names, name)) return false;
  if (schema == kNoNode) return true;
  if (schema == rules.additional && plan_.nodes[schema].refuses_all) {
    return refuse_additional(node, name);
  }
  return check(schema, Instance::of(value)) || within(name);
}

bool Validator::check_name(NodeId id, std::string_view name) {
  if (check(id, Instance::of_name(name))) return true;
  if (!quiet_) {
    violation_.keyword = "propertyNames";
    violation_.message = "the name does not fit: " + violation_.message;
  }
  return within(name);
}

bool Validator::check_in_place(const InPlaceRules& rules, const Node& node,
                               const Instance& instance) {
  for (const NodeId id : rules.all) {
    if (!check(id, instance)) return false;
  }
  for (const Choice& choice : rules.choices) {
    if (!check_choice(choice, node, instance)) return false;
  }
  if (rules.negated != kNoNode && fits(rules.negated, instance)) return refuse_negated(node);
  if (!rules.condition) return true;
  const NodeId next =
      fits(rules.condition->test, instance) ? rules.condition->then : rules.condition->otherwise;
  return next == kNoNode || check(next, instance);
}

bool Validator::check_choice(const Choice& choice, const Node& node, const Instance& instance) {
  const std::vector<NodeId>& branches = choice.by_type[index_of(instance.type)];
  if (branches.empty()) return refuse_untaken(choice, node, instance);
  if (branches.size() == 1) return check(branches.front(), instance);
  if (instance.type == kObject && choice.tag) {
    element value;
    const auto object = instance.element.get_object().value_unsafe();
    if (object.at_key(choice.tag->name).get(value) == simdjson::SUCCESS) {
      return check_by_tag(choice, node, instance, value);
    }
    if (choice.tag->required) return refuse_missing_tag(choice, node);
  }
  return try_branches(choice, node, instance);
}

bool Validator::check_by_tag(const Choice& choice, const Node& node, const Instance& instance,
                             element value) {
  const Instance found = Instance::of(value);
  if (found.type != kString) return refuse_tag(choice, node, found);
  const std::uint16_t place = choice.tag->values.find(found.text);
  if (place == NameTable::kNone) return refuse_tag(choice, node, found);
  return check(choice.tag->branches[place], instance);
}

bool Validator::try_branches(const Choice& choice, const Node& node, const Instance& instance) {
  int fitting = 0;
  for (const NodeId branch : choice.by_type[index_of(instance.type)]) {
    if (!fits(branch, instance)) continue;
    ++fitting;
    if (!choice.exactly_one || fitting > 1) break;
  }
  return fitting == 1 || refuse_choice(choice, node, fitting);
}

bool Validator::fits(NodeId id, const Instance& instance) {
  const Quiet quiet(*this);
  return check(id, instance);
}

}  // namespace penstock::schema
