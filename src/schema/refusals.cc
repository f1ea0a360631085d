// The cold half of the validator: how a violation is described. It is apart so that none of it
// widens the stack frames of the recursion.

#include <string>
#include <utility>

#include "schema/messages.h"
#include "schema/validator.h"

namespace penstock::schema {

namespace {

constexpr std::size_t kMaxNameBytes = 128;

std::string_view keyword_of(const Choice& choice) {
  return choice.exactly_one ? "oneOf" : "anyOf";
}

struct SizeWords {
  std::string_view article_noun;
  std::string_view unit;
  std::string_view min_keyword;
  std::string_view max_keyword;
};

SizeWords size_words(Type type) {
  if (type == kArray) return {"an array", "item", "minItems", "maxItems"};
  if (type == kObject) return {"an object", "field", "minProperties", "maxProperties"};
  return {"a string", "character", "minLength", "maxLength"};
}

}  // namespace

bool Validator::within(std::string_view name) {
  if (!quiet_) segments_.push_back({name});
  return false;
}

bool Validator::within(std::size_t index) {
  if (!quiet_) segments_.push_back({std::nullopt, index});
  return false;
}

std::string Validator::instance_path() const {
  std::string path;
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment) {
    if (!segment->name) {
      path += "[" + std::to_string(segment->index) + "]";
      continue;
    }
    if (!path.empty()) path += ".";
    path += segment->name->size() <= kMaxNameBytes ? *segment->name : "...";
  }
  return path;
}

bool Validator::refuse(const Node& node, std::string_view keyword, std::string message) {
  return refuse_in(node.path + "/" + std::string(keyword), keyword, std::move(message));
}

bool Validator::refuse_in(std::string_view schema_path, std::string_view keyword,
                          std::string message) {
  violation_.schema_path = schema_path;
  violation_.keyword = keyword;
  violation_.message = std::move(message);
  return false;
}

bool Validator::refuse_everything(const Node& node) {
  if (quiet_) return false;
  return refuse_in(node.path, "false", "no value is allowed here");
}

bool Validator::refuse_type(const Node& node, const Instance& instance) {
  if (quiet_) return false;
  return refuse(node, "type", wrong_type(node.types, instance));
}

bool Validator::refuse_value(const Node& node, const Instance& instance) {
  if (quiet_) return false;
  std::vector<std::string> choices;
  for (const auto value : *node.values) choices.push_back(rendered(value));
  return refuse(node, node.constant ? "const" : "enum", wrong_value(choices, instance));
}

bool Validator::refuse_number(const Node& node, const Instance& instance, std::string_view side) {
  if (quiet_) return false;
  if ((node.types & kNumber) == kInteger) violation_.detail = Violation::Detail::kInteger;
  return refuse(node, side, wrong_number(node, instance));
}

bool Validator::refuse_size(const Node& node, const Instance& instance, const SizeRange& range,
                            std::uint64_t found) {
  if (quiet_) return false;
  const SizeWords words = size_words(instance.type);
  if (found == 0) violation_.detail = Violation::Detail::kEmpty;
  return refuse(node, found < range.min ? words.min_keyword : words.max_keyword,
                wrong_size(words.article_noun, words.unit, range, found));
}

bool Validator::refuse_text(const Node& node, const Instance& instance) {
  if (quiet_) return false;
  return refuse(node, "pattern", wrong_text(node.string->pattern->expression(), instance));
}

bool Validator::refuse_duplicate(const Node& node, std::string_view name) {
  if (quiet_) return false;
  refuse_in(node.path + "/properties", "duplicate", "the field stands there twice");
  return within(name);
}

bool Validator::refuse_additional(const Node& node, std::string_view name) {
  if (quiet_) return false;
  refuse(node, "additionalProperties", "no such field is known here");
  return within(name);
}

bool Validator::refuse_missing(const Node& node, const ObjectRules::NameSet& seen) {
  if (quiet_) return false;
  const ObjectRules::NameSet missing = node.object->required & ~seen;
  refuse(node, "required", "the field is required");
  return within(node.object->names.name(missing._Find_first()));
}

bool Validator::refuse_negated(const Node& node) {
  if (quiet_) return false;
  return refuse(node, "not", "this value is not allowed here");
}

bool Validator::refuse_untaken(const Choice& choice, const Node& node, const Instance& instance) {
  if (quiet_) return false;
  TypeSet taken = 0;
  for (std::size_t bit = 0; bit < kTypeCount; ++bit) {
    if (!choice.by_type[bit].empty()) taken = static_cast<TypeSet>(taken | 1u << bit);
  }
  const std::string schema_path = node.path + "/" + std::string(keyword_of(choice));
  if (taken == 0) return refuse_in(schema_path, "false", "no value is allowed here");
  return refuse_in(schema_path, "type", wrong_type(taken, instance));
}

bool Validator::refuse_tag(const Choice& choice, const Node& node, const Instance& value) {
  if (quiet_) return false;
  const std::string schema_path = node.path + "/" + std::string(keyword_of(choice));
  if (value.type != kString) {
    refuse_in(schema_path, "type", wrong_type(kString, value));
  } else {
    std::vector<std::string> choices;
    for (const std::string_view name : choice.tag->values.names()) choices.push_back(quoted(name));
    refuse_in(schema_path, "enum", wrong_value(choices, value));
  }
  return within(choice.tag->name);
}

bool Validator::refuse_missing_tag(const Choice& choice, const Node& node) {
  if (quiet_) return false;
  refuse_in(node.path + "/" + std::string(keyword_of(choice)), "required", "the field is required");
  return within(choice.tag->name);
}

bool Validator::refuse_choice(const Choice& choice, const Node& node, int fitting) {
  if (quiet_) return false;
  return refuse(node, keyword_of(choice),
                fitting == 0 ? "the value has none of the forms that are allowed here"
                             : "the value fits more than one form where exactly one is allowed");
}

bool Validator::refuse_limit() {
  segments_.clear();
  return refuse_in("", "limit", "the value is too large or too deep for the schema");
}

}  // namespace penstock::schema
