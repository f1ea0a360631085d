#include "schema/keywords.h"

#include <algorithm>
#include <array>
#include <utility>

namespace penstock::schema {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr auto kAnnotations = std::to_array<std::string_view>(
    {"$comment", "title", "description", "default", "examples", "deprecated"});

constexpr auto kSupported = std::to_array<std::string_view>({"$schema",
                                                             "$id",
                                                             "$defs",
                                                             "$ref",
                                                             "type",
                                                             "enum",
                                                             "const",
                                                             "minimum",
                                                             "maximum",
                                                             "exclusiveMinimum",
                                                             "exclusiveMaximum",
                                                             "minLength",
                                                             "maxLength",
                                                             "pattern",
                                                             "items",
                                                             "minItems",
                                                             "maxItems",
                                                             "properties",
                                                             "required",
                                                             "additionalProperties",
                                                             "propertyNames",
                                                             "minProperties",
                                                             "maxProperties",
                                                             "allOf",
                                                             "anyOf",
                                                             "oneOf",
                                                             "not",
                                                             "if",
                                                             "then",
                                                             "else"});

bool among(const auto& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

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

bool is_our_dialect(element uri) {
  constexpr std::string_view kUri = "https://json-schema.org/draft/2020-12/schema";
  if (!uri.is_string()) return false;
  std::string_view text = uri.get_string().value_unsafe();
  if (text.ends_with('#')) text.remove_suffix(1);
  return text == kUri;
}

// A segment of a JSON pointer, RFC 6901 section 3.
std::string escaped(std::string_view segment) {
  std::string text;
  for (const char letter : segment) {
    if (letter == '~') {
      text += "~0";
    } else if (letter == '/') {
      text += "~1";
    } else {
      text += letter;
    }
  }
  return text;
}

}  // namespace

Result<Keywords> Keywords::open(object schema, const std::string& path) {
  const Keywords keywords(schema, path);
  for (const auto field : schema) {
    if (!among(kSupported, field.key) && !among(kAnnotations, field.key)) {
      return keywords.error(field.key, "unsupported keyword");
    }
    if (field.key == "$id" && !path.empty()) {
      return keywords.error(field.key, "unsupported keyword below the root");
    }
    if (field.key == "$schema" && !is_our_dialect(field.value)) {
      return keywords.error(field.key, "unsupported dialect; only draft 2020-12 is");
    }
    const auto same_key = [&](const auto other) { return other.key == field.key; };
    if (std::count_if(schema.begin(), schema.end(), same_key) > 1) {
      return keywords.error(field.key, "duplicate keyword");
    }
  }
  return keywords;
}

std::optional<element> Keywords::find(std::string_view keyword) const {
  element value;
  if (object_.at_key(keyword).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::string Keywords::path_of(std::string_view keyword) const {
  return *path_ + "/" + escaped(keyword);
}

std::string Keywords::path_of(std::string_view keyword, std::string_view member) const {
  return path_of(keyword) + "/" + escaped(member);
}

Error Keywords::error(std::string_view keyword, std::string_view what) const {
  return internal_error("at " + path_of(keyword) + ": " + std::string(what));
}

Result<std::optional<std::string_view>> Keywords::text(std::string_view keyword) const {
  const auto value = find(keyword);
  if (!value) return std::nullopt;
  if (!value->is_string()) return error(keyword, "expected a string");
  return value->get_string().value_unsafe();
}

Result<std::optional<array>> Keywords::list(std::string_view keyword) const {
  const auto value = find(keyword);
  if (!value) return std::nullopt;
  if (!value->is_array()) return error(keyword, "expected an array");
  return value->get_array().value_unsafe();
}

Result<std::optional<object>> Keywords::map(std::string_view keyword) const {
  const auto value = find(keyword);
  if (!value) return std::nullopt;
  if (!value->is_object()) return error(keyword, "expected an object");
  return value->get_object().value_unsafe();
}

Result<std::optional<element>> Keywords::number(std::string_view keyword) const {
  const auto value = find(keyword);
  if (value && !value->is_number()) return error(keyword, "expected a number");
  return value;
}

Result<std::uint64_t> Keywords::count(std::string_view keyword, std::uint64_t fallback) const {
  constexpr long double kMost = 9007199254740992;  // what every JSON reader holds exactly
  const auto value = find(keyword);
  if (!value) return fallback;
  const Instance found = Instance::of(*value);
  if (found.type != kInteger || number_of(*value) < 0 || number_of(*value) > kMost) {
    return error(keyword, "expected a whole number that is not negative");
  }
  return static_cast<std::uint64_t>(number_of(*value));
}

Result<SizeRange> Keywords::sizes(std::string_view min_keyword,
                                  std::string_view max_keyword) const {
  SizeRange range;
  range.min = TRY(count(min_keyword, range.min));
  range.max = TRY(count(max_keyword, range.max));
  return range;
}

Result<std::vector<std::string_view>> Keywords::texts(std::string_view keyword) const {
  std::vector<std::string_view> texts;
  const auto items = TRY(list(keyword));
  if (!items) return texts;
  for (const element item : *items) {
    if (!item.is_string()) return error(keyword, "expected an array of strings");
    texts.push_back(item.get_string().value_unsafe());
  }
  return texts;
}

bool is_pure_reference(object schema) {
  bool refers = false;
  for (const auto field : schema) {
    if (field.key == "$ref") {
      refers = true;
    } else if (!among(kAnnotations, field.key)) {
      return false;
    }
  }
  return refers;
}

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
  if (const auto listed = TRY(keywords.list("enum"))) {
    node.values.emplace(listed->begin(), listed->end());
  }
  const auto constant = keywords.find("const");
  if (!constant) return {};
  if (node.values) return keywords.error("const", "const and enum exclude each other here");
  node.values.emplace(1, *constant);
  node.constant = true;
  return {};
}

Result<void> read_number_rules(const Keywords& keywords, Node& node) {
  NumberRules rules;
  rules.minimum = TRY(keywords.number("minimum"));
  rules.maximum = TRY(keywords.number("maximum"));
  // Where both bounds of a side are given, the narrower one decides.
  if (const auto above = TRY(keywords.number("exclusiveMinimum"))) {
    if (!rules.minimum || number_of(*above) >= number_of(*rules.minimum)) {
      rules.minimum = above;
      rules.minimum_excluded = true;
    }
  }
  if (const auto below = TRY(keywords.number("exclusiveMaximum"))) {
    if (!rules.maximum || number_of(*below) <= number_of(*rules.maximum)) {
      rules.maximum = below;
      rules.maximum_excluded = true;
    }
  }
  if (rules.minimum || rules.maximum) node.number = std::make_unique<NumberRules>(rules);
  return {};
}

Result<void> read_string_rules(const Keywords& keywords, Node& node) {
  if (!keywords.has("minLength") && !keywords.has("maxLength") && !keywords.has("pattern")) {
    return {};
  }
  StringRules rules;
  rules.length = TRY(keywords.sizes("minLength", "maxLength"));
  if (const auto expression = TRY(keywords.text("pattern"))) {
    auto pattern = Pattern::compile(*expression);
    if (!pattern) return keywords.error("pattern", pattern.error().detail);
    rules.pattern.emplace(std::move(*pattern));
  }
  node.string = std::make_unique<StringRules>(std::move(rules));
  return {};
}

}  // namespace penstock::schema
