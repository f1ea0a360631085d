#include "schema/messages.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "json/document.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;

constexpr std::size_t kMaxTextBytes = 64;
constexpr std::size_t kMaxChoices = 16;

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

std::string number_text(element number) {
  std::array<char, 32> buffer{};
  char* const end = buffer.data() + buffer.size();
  std::to_chars_result result{};
  if (number.is<std::int64_t>()) {
    result = std::to_chars(buffer.data(), end, number.get_int64().value_unsafe());
  } else if (number.is<std::uint64_t>()) {
    result = std::to_chars(buffer.data(), end, number.get_uint64().value_unsafe());
  } else {
    result = std::to_chars(buffer.data(), end, number.get_double().value_unsafe());
  }
  return {buffer.data(), result.ptr};
}

// The value of a scalar, the type of anything else.
std::string found_text(const Instance& found) {
  switch (found.type) {
    case kString:
      return quoted(found.text);
    case kInteger:
    case kFraction:
      return number_text(found.element);
    case kBoolean:
      return found.element.get_bool().value_unsafe() ? "true" : "false";
    case kNull:
    case kObject:
    case kArray:
      break;
  }
  return std::string(noun(found.type));
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

std::string quoted(std::string_view text) {
  std::string json;
  json::append_quoted(json, shortened(text));
  return json;
}

std::string rendered(element value) {
  const Instance instance = Instance::of(value);
  if (instance.type != kArray && instance.type != kObject) return found_text(instance);
  return shortened(simdjson::minify(value));
}

std::string wrong_type(TypeSet expected, const Instance& found) {
  // A fraction is a number too, so only its value tells why it is none that was asked for.
  const bool value_tells = found.type == kFraction && (expected & kInteger);
  return "expected " + type_names(expected) + ", found " +
         (value_tells ? number_text(found.element) : std::string(noun(found.type)));
}

std::string wrong_value(const std::vector<std::string>& choices, const Instance& found) {
  std::vector<std::string> shown(
      choices.begin(),
      choices.begin() + static_cast<std::ptrdiff_t>(std::min(choices.size(), kMaxChoices)));
  if (shown.size() < choices.size()) {
    shown.push_back(std::to_string(choices.size() - shown.size()) + " more");
  }
  return std::string("expected ") + (choices.size() == 1 ? "" : "one of ") + joined(shown) +
         ", found " + found_text(found);
}

std::string wrong_number(const Node& node, const Instance& found) {
  const bool integer = (node.types & kNumber) == kInteger;
  return std::string("expected ") + (integer ? "an integer " : "a number ") +
         range_text(*node.number) + ", found " + number_text(found.element);
}

std::string wrong_size(std::string_view article_noun, std::string_view unit, const SizeRange& range,
                       std::uint64_t found) {
  const std::string name(article_noun.substr(article_noun.find(' ') + 1));
  const std::string present = found == 0 ? "an empty " + name : std::to_string(found);
  if (found < range.min && range.min == 1) {
    return "expected a non-empty " + name + ", found " + present;
  }
  return "expected " + std::string(article_noun) + " of " +
         (found < range.min ? "at least " + counted(range.min, unit)
                            : "at most " + counted(range.max, unit)) +
         ", found " + present;
}

std::string wrong_text(std::string_view expression, const Instance& found) {
  return "expected a string that matches " + shortened(expression) + ", found " + found_text(found);
}

}  // namespace penstock::schema
