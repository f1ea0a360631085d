#include "schema/slow_validator.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "schema/pattern.h"
#include "schema/uri.h"

namespace penstock::schema::test {

namespace {

using nlohmann::json;

constexpr int kMaxSteps = 200'000;
constexpr int kMaxDepth = 400;
constexpr double kMaxNumber = 9007199254740992;

/// Thrown where the verdict is not known.
struct Unknown {};

void insist(bool holds) {
  if (!holds) throw Unknown();
}

/// What came of a schema: whether it fits, and the members and items that it looked at.
struct Outcome {
  bool fits = true;
  std::set<std::string> members;
  std::set<std::size_t> items;

  void merge(const Outcome& other) {
    members.insert(other.members.begin(), other.members.end());
    items.insert(other.items.begin(), other.items.end());
  }
  /// Both have to fit.
  void require(const Outcome& other) {
    fits = fits && other.fits;
    if (other.fits) merge(other);
  }
  void require(bool holds) { fits = fits && holds; }
};

bool is_integer(const json& value) {
  if (value.is_number_integer()) return true;
  return value.is_number() && std::floor(value.get<double>()) == value.get<double>();
}

bool has_type(const json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_boolean();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "number") return value.is_number();
  insist(type == "integer");
  return is_integer(value);
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool matches(const std::string& pattern, const std::string& text) {
  const auto compiled = Pattern::compile(pattern);
  insist(compiled.has_value());
  return compiled->matches(text);
}

bool all_numbers_are_small(const json& value) {
  if (value.is_number()) return std::fabs(value.get<double>()) < kMaxNumber;
  if (!value.is_structured()) return true;
  return std::all_of(value.begin(), value.end(), all_numbers_are_small);
}

bool is_local(const json& schema) {
  if (schema.is_object()) {
    for (const auto& [key, value] : schema.items()) {
      if (key == "$id" || key == "$anchor" || key == "$vocabulary") return false;
      if (key.starts_with("$dynamic")) return false;
    }
  }
  if (!schema.is_structured()) return true;
  return std::all_of(schema.begin(), schema.end(), is_local);
}

class Evaluator {
 public:
  explicit Evaluator(const json& root) : root_(root) {
    const json dialect = root.is_object() ? root.value("$schema", json()) : json();
    if (dialect.is_null()) return;
    insist(dialect.is_string());
    const std::string uri = dialect.get<std::string>();
    draft_7_ = uri.find("draft-07") != std::string::npos;
    insist(draft_7_ || uri.find("2020-12/schema") != std::string::npos);
  }

  Outcome evaluate(const json& schema, const json& instance) {
    insist(++steps_ < kMaxSteps && ++depth_ < kMaxDepth);
    const Outcome outcome = evaluate_schema(schema, instance);
    --depth_;
    return outcome;
  }

 private:
  Outcome evaluate_schema(const json& schema, const json& instance) {
    Outcome outcome;
    if (schema.is_boolean()) {
      outcome.fits = schema.get<bool>();
      return outcome;
    }
    insist(schema.is_object());
    if (draft_7_ && schema.contains("$ref")) return evaluate(target(schema["$ref"]), instance);
    values(schema, instance, outcome);
    if (instance.is_number()) numbers(schema, instance, outcome);
    if (instance.is_string()) strings(schema, instance.get<std::string>(), outcome);
    if (instance.is_array()) arrays(schema, instance, outcome);
    if (instance.is_object()) objects(schema, instance, outcome);
    in_place(schema, instance, outcome);
    if (!draft_7_) unevaluated(schema, instance, outcome);
    return outcome;
  }

  const json& target(const json& reference) const {
    insist(reference.is_string());
    const std::string text = reference.get<std::string>();
    insist(text.starts_with('#') && (text.size() == 1 || text[1] == '/'));
    const auto pointer = percent_decoded(text.substr(1));
    insist(pointer.has_value());
    try {
      return root_.at(json::json_pointer(*pointer));
    } catch (const json::exception&) {
      throw Unknown();
    }
  }

  static void values(const json& schema, const json& instance, Outcome& outcome) {
    if (const auto type = schema.find("type"); type != schema.end()) {
      const json types = type->is_array() ? *type : json::array({*type});
      outcome.require(std::any_of(types.begin(), types.end(), [&](const json& name) {
        return has_type(instance, name.get<std::string>());
      }));
    }
    if (const auto listed = schema.find("enum"); listed != schema.end()) {
      outcome.require(std::find(listed->begin(), listed->end(), instance) != listed->end());
    }
    if (const auto constant = schema.find("const"); constant != schema.end()) {
      outcome.require(*constant == instance);
    }
  }

  static void numbers(const json& schema, const json& instance, Outcome& outcome) {
    const double number = instance.get<double>();
    const auto bound = [&](const char* keyword, auto holds) {
      if (schema.contains(keyword)) outcome.require(holds(number, schema[keyword].get<double>()));
    };
    bound("minimum", std::greater_equal<>());
    bound("maximum", std::less_equal<>());
    bound("exclusiveMinimum", std::greater<>());
    bound("exclusiveMaximum", std::less<>());
    if (!schema.contains("multipleOf")) return;
    insist(is_integer(instance) && is_integer(schema["multipleOf"]));
    outcome.require(std::fmod(number, schema["multipleOf"].get<double>()) == 0);
  }

  static std::size_t count(const json& schema, const char* keyword, std::size_t otherwise) {
    if (!schema.contains(keyword)) return otherwise;
    return static_cast<std::size_t>(schema[keyword].get<double>());
  }

  static bool within(const json& schema, std::size_t size, const char* min, const char* max) {
    return size >= count(schema, min, 0) && size <= count(schema, max, size);
  }

  static void strings(const json& schema, const std::string& text, Outcome& outcome) {
    outcome.require(within(schema, characters(text), "minLength", "maxLength"));
    if (schema.contains("pattern")) {
      outcome.require(matches(schema["pattern"].get<std::string>(), text));
    }
  }

  void arrays(const json& schema, const json& instance, Outcome& outcome) {
    outcome.require(within(schema, instance.size(), "minItems", "maxItems"));
    if (schema.value("uniqueItems", false)) {
      for (auto item = instance.begin(); item != instance.end(); ++item) {
        outcome.require(std::find(std::next(item), instance.end(), *item) == instance.end());
      }
    }
    const json items = schema.value("items", json());
    const bool listed = draft_7_ && items.is_array();
    json first = listed ? items : json::array();
    if (!draft_7_) first = schema.value("prefixItems", json::array());
    const json rest = listed ? schema.value("additionalItems", json()) : items;
    for (std::size_t i = 0; i < instance.size(); ++i) {
      const json& applied = i < first.size() ? first[i] : rest;
      if (applied.is_null()) continue;
      outcome.require(evaluate(applied, instance[i]).fits);
      outcome.items.insert(i);
    }
    contains(schema, instance, outcome);
  }

  void contains(const json& schema, const json& instance, Outcome& outcome) {
    if (!schema.contains("contains")) return;
    std::size_t found = 0;
    for (std::size_t i = 0; i < instance.size(); ++i) {
      if (!evaluate(schema["contains"], instance[i]).fits) continue;
      ++found;
      outcome.items.insert(i);
    }
    outcome.require(found >= (draft_7_ ? 1 : count(schema, "minContains", 1)));
    outcome.require(draft_7_ || found <= count(schema, "maxContains", found));
  }

  void objects(const json& schema, const json& instance, Outcome& outcome) {
    outcome.require(within(schema, instance.size(), "minProperties", "maxProperties"));
    for (const json& name : schema.value("required", json::array())) {
      outcome.require(instance.contains(name.get<std::string>()));
    }
    for (const auto& [name, value] : instance.items()) {
      if (schema.contains("propertyNames")) {
        outcome.require(evaluate(schema["propertyNames"], name).fits);
      }
      bool named = false;
      const json properties = schema.value("properties", json::object());
      if (properties.contains(name)) {
        named = true;
        outcome.require(evaluate(schema["properties"][name], value).fits);
      }
      const json patterns = schema.value("patternProperties", json::object());
      for (const auto& [pattern, applied] : patterns.items()) {
        if (!matches(pattern, name)) continue;
        named = true;
        outcome.require(evaluate(schema["patternProperties"][pattern], value).fits);
      }
      if (!named && schema.contains("additionalProperties")) {
        named = true;
        outcome.require(evaluate(schema["additionalProperties"], value).fits);
      }
      if (named) outcome.members.insert(name);
    }
  }

  void in_place(const json& schema, const json& instance, Outcome& outcome) {
    if (schema.contains("$ref")) outcome.require(evaluate(target(schema["$ref"]), instance));
    if (schema.contains("allOf")) {
      for (const json& part : schema["allOf"]) outcome.require(evaluate(part, instance));
    }
    for (const char* keyword : {"anyOf", "oneOf"}) {
      if (schema.contains(keyword)) choice(schema[keyword], keyword, instance, outcome);
    }
    if (schema.contains("not")) outcome.require(!evaluate(schema["not"], instance).fits);
    if (schema.contains("if")) {
      const Outcome test = evaluate(schema["if"], instance);
      if (test.fits) outcome.merge(test);
      const char* next = test.fits ? "then" : "else";
      if (schema.contains(next)) outcome.require(evaluate(schema[next], instance));
    }
    if (instance.is_object()) dependencies(schema, instance, outcome);
  }

  void choice(const json& branches, const std::string& keyword, const json& instance,
              Outcome& outcome) {
    int fitting = 0;
    for (const json& branch : branches) {
      const Outcome result = evaluate(branch, instance);
      if (!result.fits) continue;
      ++fitting;
      outcome.merge(result);
    }
    outcome.require(keyword == "oneOf" ? fitting == 1 : fitting > 0);
  }

  void dependencies(const json& schema, const json& instance, Outcome& outcome) {
    for (const char* keyword : {"dependentRequired", "dependentSchemas", "dependencies"}) {
      if (!schema.contains(keyword)) continue;
      if (draft_7_ && std::string(keyword) != "dependencies") continue;
      for (const auto& [name, value] : schema[keyword].items()) {
        if (!instance.contains(name)) continue;
        if (!value.is_array()) {
          outcome.require(evaluate(value, instance));
          continue;
        }
        for (const json& needed : value) {
          outcome.require(instance.contains(needed.get<std::string>()));
        }
      }
    }
  }

  void unevaluated(const json& schema, const json& instance, Outcome& outcome) {
    if (instance.is_object() && schema.contains("unevaluatedProperties")) {
      for (const auto& [name, value] : instance.items()) {
        if (!outcome.members.insert(name).second) continue;
        outcome.require(evaluate(schema["unevaluatedProperties"], value).fits);
      }
    }
    if (!instance.is_array() || !schema.contains("unevaluatedItems")) return;
    for (std::size_t i = 0; i < instance.size(); ++i) {
      if (!outcome.items.insert(i).second) continue;
      outcome.require(evaluate(schema["unevaluatedItems"], instance[i]).fits);
    }
  }

  const json& root_;
  bool draft_7_ = false;
  int steps_ = 0;
  int depth_ = 0;
};

}  // namespace

std::optional<bool> slow_verdict(const json& schema, const json& instance) {
  try {
    insist(is_local(schema) && all_numbers_are_small(schema) && all_numbers_are_small(instance));
    return Evaluator(schema).evaluate(schema, instance).fits;
  } catch (const Unknown&) {
    return std::nullopt;
  } catch (const json::exception&) {
    return std::nullopt;  // a keyword with a value of a wrong type
  }
}

}  // namespace penstock::schema::test
