// What a PrefixValidator finds out of strings, numbers and booleans.

#include <algorithm>

#include "json/document.h"
#include "json/scratch.h"
#include "schema/messages.h"
#include "schema/prefix_validator.h"

namespace penstock::schema {

namespace {

using simdjson::dom::element;

bool is_lead(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

/// The keyword whose bound the number breaks; empty: none.
std::string_view broken_bound(const NumberRules& rules, const Number& number) {
  if (rules.minimum) {
    const auto order = compare(number, *rules.minimum);
    if (order < 0) return rules.minimum_excluded ? "exclusiveMinimum" : "minimum";
    if (order == 0 && rules.minimum_excluded) return "exclusiveMinimum";
  }
  if (rules.maximum) {
    const auto order = compare(number, *rules.maximum);
    if (order > 0) return rules.maximum_excluded ? "exclusiveMaximum" : "maximum";
    if (order == 0 && rules.maximum_excluded) return "exclusiveMaximum";
  }
  return {};
}

bool is_among(const Instance& value, const ValueRules& rules) {
  // Only numbers come here, each of which takes a step.
  Budget budget(rules.others.size() + 1);
  return std::any_of(rules.others.begin(), rules.others.end(),
                     [&](element other) { return equal(value, Instance::of(other), budget); });
}

}  // namespace

std::size_t PrefixValidator::see_string(std::string_view text) {
  if (needs_text_) text_.append(text);
  if (!counts_characters_) return text.size();
  if (!needs_bytes_ && most_characters_ - characters_ >= text.size()) {
    characters_ += static_cast<std::uint64_t>(std::count_if(text.begin(), text.end(), is_lead));
    return text.size();
  }
  const Frame& frame = frames_.back();
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_lead(text[at])) ++characters_;
    for (auto i = frame.first_watch; i < watches_.size(); ++i) {
      if (watches_[i].live && !see_byte(i, text[at])) return at;
    }
    ++bytes_;
  }
  return text.size();
}

bool PrefixValidator::see_byte(std::uint32_t index, char byte) {
  Watch& watch = watches_[index];
  const Node& node = plan_.node(watch.node);
  if (node.string && characters_ > node.string->length.max) {
    return refuse_size(index, kString, node.string->length, characters_);
  }
  if (!node.values || narrow(watch, *plan_.values(watch.node), bytes_, byte)) return true;
  return refuse_value(index, "another beginning");
}

bool PrefixValidator::end_string(std::uint32_t index) {
  const Watch& watch = watches_[index];
  const Node& node = plan_.node(watch.node);
  if (node.values) {
    // Of words with a common beginning the shortest is the first.
    const SortedWords& words = *plan_.values(watch.node);
    if (watch.from == watch.to || words.texts[watch.from].size() != bytes_) {
      return refuse_value(index, "less of it");
    }
  }
  if (!node.string) return true;
  const StringRules& rules = *node.string;
  if (characters_ < rules.length.min) {
    return refuse_size(index, kString, rules.length, characters_);
  }
  if (rules.pattern && !may_match(*rules.pattern, text_)) {
    return !fell(index) ||
           tell(node, "pattern", matching(rules.pattern->expression()), schema::quoted(text_));
  }
  if (rules.format != nullptr && !rules.format->matches(text_)) {
    return !fell(index) ||
           tell(node, "format", std::string(rules.format->noun), schema::quoted(text_));
  }
  return true;
}

bool PrefixValidator::see_boolean(bool value) {
  const auto end = static_cast<std::uint32_t>(watches_.size());
  for (std::uint32_t i = frames_.back().first_watch; i < end; ++i) {
    if (!watches_[i].live || !node_of(i).values) continue;
    const auto& others = node_of(i).values->others;
    const bool known = std::any_of(others.begin(), others.end(), [value](element other) {
      bool constant = false;
      return other.get_bool().get(constant) == simdjson::SUCCESS && constant == value;
    });
    if (!known && !refuse_value(i, value ? "true" : "false")) return false;
  }
  return true;
}

bool PrefixValidator::end_number(const Frame& frame) {
  const bool spelled_whole = text_.find_first_of(".eE") == std::string::npos;
  if (!needs_value_ && spelled_whole) return true;
  thread_local json::Scratch scratch;
  const auto document = json::Document::parse(scratch.copy(text_));
  if (!document) return true;  // too large a number: the reader of the whole text will tell
  const auto end = static_cast<std::uint32_t>(watches_.size());
  for (std::uint32_t i = frame.first_watch; i < end; ++i) {
    if (watches_[i].live && !end_number(i, document->root())) return false;
  }
  return true;
}

bool PrefixValidator::end_number(std::uint32_t index, element number) {
  const Node& node = node_of(index);
  const Instance value = Instance::of(number);
  if (!(node.types & value.type)) {
    return !fell(index) || tell(node, "type", type_names(node.types), shown(value));
  }
  if (node.values && !is_among(value, *node.values)) return refuse_value(index, shown(value));
  if (!node.number) return true;
  if (const auto bound = broken_bound(*node.number, Number::of(number)); !bound.empty()) {
    return !fell(index) || tell(node, bound, number_in(node), shown(value));
  }
  if (node.number->multiple_of && !node.number->multiple_of->divides(Number::of(number))) {
    return !fell(index) || tell(node, "multipleOf", multiple_of(node), shown(value));
  }
  return true;
}

bool PrefixValidator::may_match(const Pattern& pattern, std::string_view text) {
  const std::uint64_t work = pattern.work(text);
  if (work > matching_left_) return true;
  matching_left_ -= work;
  return pattern.matches(text);
}

}  // namespace penstock::schema
