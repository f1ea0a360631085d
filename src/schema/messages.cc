#include "schema/messages.h"

#include <algorithm>

#include "json/document.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;

constexpr std::size_t kMaxTextBytes = 64;
constexpr std::size_t kMaxChoices = 16;
constexpr int kMaxShownDepth = 8;

std::string_view noun(Type type) {
  switch (type) {
    case kNull:
      return "null";
    case kBoolean:
      return "a boolean";
    case kObject:
      return "an object";
    case kArray:
      return "an array";
    case kString:
      return "a string";
    case kInteger:
    case kFraction:
      break;
  }
  return "a number";
}

// Cut in front of a character, never within one.
std::string shortened(std::string_view text) {
  if (text.size() <= kMaxTextBytes) return std::string(text);
  std::size_t size = kMaxTextBytes;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return std::string(text.substr(0, size)) + "...";
}

// "a, b or c".
std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

std::string number_text(const Number& number) {
  return shortened(number.text());
}

// The text of an array or object, until it is long or deep enough.
void render(std::string& out, element value, int depth);

void render_members(std::string& out, simdjson::dom::object members, int depth) {
  out += '{';
  for (const auto field : members) {
    if (out.size() > kMaxTextBytes) break;
    if (out.back() != '{') out += ',';
    json::append_quoted(out, shortened(field.key));
    out += ':';
    render(out, field.value, depth + 1);
  }
  out += '}';
}

void render_items(std::string& out, simdjson::dom::array items, int depth) {
  out += '[';
  for (const element item : items) {
    if (out.size() > kMaxTextBytes) break;
    if (out.back() != '[') out += ',';
    render(out, item, depth + 1);
  }
  out += ']';
}

void render(std::string& out, element value, int depth) {
  if (depth == kMaxShownDepth) {
    out += "...";
  } else if (value.is_object()) {
    render_members(out, value.get_object().value_unsafe(), depth);
  } else if (value.is_array()) {
    render_items(out, value.get_array().value_unsafe(), depth);
  } else {
    out += shown(Instance::of(value));
  }
}

std::string range_text(const NumberRules& rules) {
  if (rules.minimum && rules.maximum && !rules.minimum_excluded && !rules.maximum_excluded) {
    return "between " + number_text(*rules.minimum) + " and " + number_text(*rules.maximum);
  }
  std::string text;
  if (rules.minimum) {
    text = (rules.minimum_excluded ? "above " : "of at least ") + number_text(*rules.minimum);
  }
  if (rules.maximum) {
    if (!text.empty()) text += " and ";
    text += (rules.maximum_excluded ? "below " : "of at most ") + number_text(*rules.maximum);
  }
  return text;
}

std::string counted(std::uint64_t count, std::string_view unit) {
  return std::to_string(count) + " " + std::string(unit) + (count == 1 ? "" : "s");
}

}  // namespace

std::string type_names(TypeSet types) {
  std::vector<std::string> words;
  for (const Type type : {kString, kBoolean, kArray, kObject}) {
    if (types & type) words.emplace_back(noun(type));
  }
  if (types & kFraction) {
    words.emplace_back("a number");
  } else if (types & kInteger) {
    words.emplace_back("an integer");
  }
  if (types & kNull) words.emplace_back("null");
  return joined(words);
}

std::string type_name(const Instance& value) {
  return std::string(noun(value.type));
}

std::string quoted(std::string_view text) {
  std::string json;
  json::append_quoted(json, shortened(text));
  return json;
}

std::string shown(const Instance& value) {
  switch (value.type) {
    case kString:
      return quoted(value.text());
    case kInteger:
    case kFraction:
      return number_text(Number::of(value.element));
    case kBoolean:
      return value.element.get_bool().value_unsafe() ? "true" : "false";
    case kNull:
    case kObject:
    case kArray:
      break;
  }
  return type_name(value);
}

std::string rendered(element value) {
  if (!value.is_array() && !value.is_object()) return shown(Instance::of(value));
  std::string text;
  render(text, value, 0);
  return shortened(text);
}

std::string found_instead_of(TypeSet expected, const Instance& found) {
  // A fraction is a number too, so only its value tells why it is none that was asked for.
  const bool value_tells = found.type == kFraction && (expected & kInteger);
  return value_tells ? shown(found) : type_name(found);
}

std::string one_of(const std::vector<std::string>& choices) {
  std::vector<std::string> listed(
      choices.begin(),
      choices.begin() + static_cast<std::ptrdiff_t>(std::min(choices.size(), kMaxChoices)));
  if (listed.size() < choices.size()) {
    listed.push_back(std::to_string(choices.size() - listed.size()) + " more");
  }
  return (choices.size() == 1 ? "" : "one of ") + joined(listed);
}

std::string number_in(const Node& node) {
  const bool integer = (node.types & kNumber) == kInteger;
  return (integer ? "an integer " : "a number ") + range_text(*node.number);
}

std::string multiple_of(const Node& node) {
  return "a multiple of " + number_text(node.number->multiple_of->number());
}

SizeWords size_words(TypeSet type) {
  if (type == kArray) return {"an array", "item", "minItems", "maxItems"};
  if (type == kObject) return {"an object", "field", "minProperties", "maxProperties"};
  return {"a string", "character", "minLength", "maxLength"};
}

std::string sized(std::string_view article_noun, std::string_view unit, const SizeRange& range,
                  std::uint64_t found) {
  if (found < range.min && range.min == 1) {
    return "a non-empty " + std::string(article_noun.substr(article_noun.find(' ') + 1));
  }
  return std::string(article_noun) + " of " + count_in(unit, range, found);
}

std::string size_found(std::string_view article_noun, std::uint64_t found) {
  if (found > 0) return std::to_string(found);
  return "an empty " + std::string(article_noun.substr(article_noun.find(' ') + 1));
}

std::string count_in(std::string_view unit, const SizeRange& range, std::uint64_t found) {
  return found < range.min ? "at least " + counted(range.min, unit)
                           : "at most " + counted(range.max, unit);
}

std::string matching(std::string_view expression) {
  return "a string that matches " + shortened(expression);
}

}  // namespace penstock::schema
