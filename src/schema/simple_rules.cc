// The keywords that need no other schema.

#include <set>
#include <utility>

#include "schema/keywords.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;

std::optional<TypeSet> type_named(std::string_view name) {
  if (name == "null") return TypeSet{kNull};
  if (name == "boolean") return TypeSet{kBoolean};
  if (name == "object") return TypeSet{kObject};
  if (name == "array") return TypeSet{kArray};
  if (name == "string") return TypeSet{kString};
  if (name == "integer") return TypeSet{kInteger};
  if (name == "number") return kNumber;
  return std::nullopt;
}

// What both enum and const allow.
std::vector<element> with_both(const std::vector<element>& listed, element constant) {
  constexpr std::uint64_t kSteps = 50'000'000;  // more than a text has values
  Budget budget(kSteps);
  std::vector<element> both;
  for (const element value : listed) {
    if (both.empty() && equal(Instance::of(value), Instance::of(constant), budget)) {
      both.push_back(value);
    }
  }
  return both;
}

void sort_out(ValueRules& rules) {
  std::set<std::string_view> texts;
  for (const element value : rules.all) {
    if (value.is_string()) {
      texts.insert(value.get_string().value_unsafe());
    } else {
      rules.others.push_back(value);
    }
  }
  rules.texts = NameTable({texts.begin(), texts.end()});
}

}  // namespace

Result<void> read_types(const Keywords& keywords, Node& node) {
  const auto value = keywords.find("type");
  if (!value) return {};
  std::vector<std::string_view> names;
  if (value->is_string()) {
    names.push_back(value->get_string().value_unsafe());
  } else {
    names = TRY(keywords.texts("type"));
  }
  if (names.empty()) return keywords.error("type", "expected at least one type");
  node.types = 0;
  for (const std::string_view name : names) {
    const auto type = type_named(name);
    if (!type) return keywords.error("type", "unknown type `" + std::string(name) + "`");
    node.types |= *type;
  }
  return {};
}

Result<void> read_values(const Keywords& keywords, Node& node) {
  const auto listed = TRY(keywords.list("enum"));
  const auto constant = keywords.find("const");
  if (!listed && !constant) return {};
  auto rules = std::make_unique<ValueRules>();
  if (listed) rules->all.assign(listed->begin(), listed->end());
  if (constant) {
    rules->constant = !listed;
    rules->all = listed ? with_both(rules->all, *constant) : std::vector<element>{*constant};
  }
  sort_out(*rules);
  node.values = std::move(rules);
  return {};
}

Result<void> read_number_rules(const Keywords& keywords, Node& node) {
  NumberRules rules;
  const auto bound = [&](std::string_view keyword) -> Result<std::optional<Number>> {
    const auto value = TRY(keywords.number(keyword));
    return value ? std::optional(Number::of(*value)) : std::nullopt;
  };
  rules.minimum = TRY(bound("minimum"));
  rules.maximum = TRY(bound("maximum"));
  // Where both bounds of a side are given, the narrower one decides.
  if (const auto above = TRY(bound("exclusiveMinimum"))) {
    if (!rules.minimum || compare(*above, *rules.minimum) >= 0) {
      rules.minimum = above;
      rules.minimum_excluded = true;
    }
  }
  if (const auto below = TRY(bound("exclusiveMaximum"))) {
    if (!rules.maximum || compare(*below, *rules.maximum) <= 0) {
      rules.maximum = below;
      rules.maximum_excluded = true;
    }
  }
  if (const auto divisor = TRY(bound("multipleOf"))) {
    rules.multiple_of = Divisor::of(*divisor);
    if (!rules.multiple_of) return keywords.error("multipleOf", "expected a number above 0");
  }
  if (rules.minimum || rules.maximum || rules.multiple_of) {
    node.number = std::make_unique<NumberRules>(std::move(rules));
  }
  return {};
}

Result<void> read_string_rules(const Keywords& keywords, Patterns& patterns, Node& node) {
  StringRules rules;
  rules.length = TRY(keywords.sizes("minLength", "maxLength"));
  if (const auto expression = TRY(keywords.text("pattern"))) {
    auto pattern = patterns.get(*expression);
    if (!pattern) return keywords.error("pattern", pattern.error().detail);
    rules.pattern.emplace(std::move(*pattern));
  }
  const auto format = TRY(keywords.text("format"));
  if (format && keywords.dialect().assert_formats) rules.format = find_format(*format);
  const bool any = keywords.has("minLength") || keywords.has("maxLength") || rules.pattern ||
                   rules.format != nullptr;
  if (any) node.string = std::make_unique<StringRules>(std::move(rules));
  return {};
}

}  // namespace penstock::schema
