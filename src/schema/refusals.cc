// The cold half of the validator: how a violation is described. It is apart so that none of it
// widens the stack frames of the recursion.

#include <algorithm>
#include <string>
#include <utility>

#include "schema/catalogue.h"
#include "schema/messages.h"
#include "schema/validator.h"

namespace penstock::schema {

namespace {

std::string_view keyword_of(const Choice& choice) {
  return choice.exactly_one ? "oneOf" : "anyOf";
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

void Validator::name_place(Violation& violation) const {
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment) {
    std::string& path = violation.instance_path;
    std::string& pointer = violation.instance_pointer;
    if (!segment->name) {
      const std::string index = std::to_string(segment->index);
      path += "[" + index + "]";
      pointer += "/" + index;
      continue;
    }
    const std::string_view name = segment->name->size() <= kMaxNameBytes ? *segment->name : "...";
    if (!path.empty()) path += ".";
    path += name;
    pointer = path_below(pointer, name);
  }
}

bool Validator::refuse(const Node& node, std::string_view keyword, std::string expected,
                       std::string found) {
  std::string message = "expected " + expected + ", found " + found;
  return refuse_with(node, keyword, std::move(message), std::move(expected), std::move(found));
}

bool Validator::refuse_with(const Node& node, std::string_view keyword, std::string message,
                            std::string expected, std::string found) {
  violation_.schema_path = node.path + "/" + std::string(keyword);
  violation_.keyword = keyword;
  violation_.message = std::move(message);
  violation_.expected = std::move(expected);
  violation_.found = std::move(found);
  return false;
}

bool Validator::refuse_everything(const Node& node) {
  if (quiet_) return false;
  refuse_with(node, "false", "no value is allowed here", "nothing", "a value");
  violation_.schema_path = node.path;
  return false;
}

bool Validator::refuse_type(const Node& node, const Instance& instance) {
  if (quiet_) return false;
  return refuse(node, "type", type_names(node.types), found_instead_of(node.types, instance));
}

bool Validator::refuse_value(const Node& node, const Instance& instance) {
  if (quiet_) return false;
  if (node.values->all.empty()) {
    return refuse_with(node, "enum", "no value is allowed here", "nothing", "a value");
  }
  std::vector<std::string> choices;
  for (const auto value : node.values->all) choices.push_back(rendered(value));
  return refuse(node, node.values->constant ? "const" : "enum", one_of(choices), shown(instance));
}

bool Validator::refuse_number(const Node& node, const Instance& instance,
                              std::string_view keyword) {
  if (quiet_) return false;
  if ((node.types & kNumber) == kInteger) violation_.detail = Violation::Detail::kInteger;
  return refuse(node, keyword, keyword == "multipleOf" ? multiple_of(node) : number_in(node),
                shown(instance));
}

bool Validator::refuse_size(const Node& node, const Instance& instance, const SizeRange& range,
                            std::uint64_t found) {
  if (quiet_) return false;
  const SizeWords words = size_words(instance.type);
  if (found == 0) violation_.detail = Violation::Detail::kEmpty;
  return refuse(node, found < range.min ? words.min_keyword : words.max_keyword,
                sized(words.article_noun, words.unit, range, found),
                size_found(words.article_noun, found));
}

bool Validator::refuse_text(const Node& node, const Instance& instance) {
  if (quiet_) return false;
  return refuse(node, "pattern", matching(node.string->pattern->expression()), shown(instance));
}

bool Validator::refuse_format(const Node& node, const Instance& instance) {
  if (quiet_) return false;
  return refuse(node, "format", std::string(node.string->format->noun), shown(instance));
}

bool Validator::refuse_repeated(const Node& node) {
  if (quiet_) return false;
  return refuse(node, "uniqueItems", "an array of different items", "one that is there twice");
}

bool Validator::refuse_contains(const Node& node, std::uint64_t found) {
  if (quiet_) return false;
  const SizeRange& range = node.array->contains->count;
  const bool few = found < range.min;
  const std::string_view keyword = !few             ? "maxContains"
                                   : range.min == 1 ? "contains"
                                                    : "minContains";
  return refuse(node, keyword, count_in("item", range, found) + " of a certain form",
                found == 0 ? "none" : std::to_string(found));
}

bool Validator::refuse_duplicate(const Node& node, std::string_view name) {
  if (quiet_) return false;
  refuse_with(node, "duplicate", "the field stands there twice", "the field once", "it twice");
  violation_.schema_path = node.path + "/properties";
  return within(name);
}

bool Validator::refuse_additional(const Node& node, std::string_view keyword,
                                  std::string_view name) {
  if (quiet_) return false;
  refuse_with(node, keyword, "no such field is known here", "no such field", "the field");
  return within(name);
}

bool Validator::refuse_missing(const Node& node, std::string_view keyword, std::string_view name) {
  if (quiet_) return false;
  refuse_with(node, keyword, "the field is required", "the field", "nothing");
  return within(name);
}

bool Validator::refuse_negated(const Node& node) {
  if (quiet_) return false;
  return refuse_with(node, "not", "this value is not allowed here", "another value", "this one");
}

bool Validator::refuse_untaken(const Choice& choice, const Node& node, const Instance& instance) {
  if (quiet_) return false;
  TypeSet taken = 0;
  for (std::size_t bit = 0; bit < kTypeCount; ++bit) {
    if (!choice.by_type[bit].empty()) taken = static_cast<TypeSet>(taken | 1u << bit);
  }
  if (taken == 0) {
    refuse_with(node, "false", "no value is allowed here", "nothing", "a value");
  } else {
    refuse(node, "type", type_names(taken), found_instead_of(taken, instance));
  }
  return at_choice(choice, node);
}

bool Validator::refuse_tag(const Choice& choice, const Node& node, const Instance& value) {
  if (quiet_) return false;
  if (value.type != kString) {
    refuse(node, "type", type_names(kString), found_instead_of(kString, value));
  } else {
    std::vector<std::string> choices;
    for (const std::string_view name : choice.tag->values.names()) choices.push_back(quoted(name));
    refuse(node, "enum", one_of(choices), shown(value));
  }
  at_choice(choice, node);
  return within(choice.tag->name);
}

bool Validator::refuse_missing_tag(const Choice& choice, const Node& node) {
  if (quiet_) return false;
  refuse_missing(node, "required", choice.tag->name);
  return at_choice(choice, node);
}

bool Validator::at_choice(const Choice& choice, const Node& node) {
  violation_.schema_path = node.path + "/" + std::string(keyword_of(choice));
  return false;
}

bool Validator::refuse_choice(const Choice& choice, const Node& node, const Instance& instance,
                              int fitting) {
  if (quiet_) return false;
  if (fitting > 0) {
    return refuse_with(node, keyword_of(choice),
                       "the value fits more than one form where exactly one is allowed",
                       "exactly one form", "more");
  }
  if (explain_branch(choice, instance)) return false;
  return refuse_with(node, keyword_of(choice),
                     "the value has none of the forms that are allowed here",
                     "one of the allowed forms", "none of them");
}

// The branch that goes deepest into the instance is the one that was meant, if it is alone in that.
bool Validator::explain_branch(const Choice& choice, const Instance& instance) {
  // Branches within branches multiply, so this has a budget of its own.
  constexpr std::uint64_t kMaxSteps = 20'000;
  const std::uint64_t kept = budget_.keep_back_all_but(kMaxSteps);
  Violation best;
  std::vector<Segment> path;
  std::size_t deepest = 0;
  bool alone = false;
  for (const NodeId branch : choice.by_type[index_of(instance.type)]) {
    segments_.clear();
    violation_ = {};
    if (check(branch, instance) || budget_.is_spent()) break;
    // What is missing, or too much, is a fault of the object and not of its member.
    const bool of_object = violation_.found == "nothing" || violation_.found == "the field";
    const std::size_t depth = segments_.size() - (of_object ? 1 : 0);
    alone = depth > deepest || (alone && depth < deepest);
    if (depth <= deepest) continue;
    deepest = depth;
    best = std::move(violation_);
    path = segments_;
  }
  const bool found = alone && !budget_.is_spent();
  budget_.give_back(kept);
  violation_ = found ? std::move(best) : Violation();
  segments_ = found ? std::move(path) : std::vector<Segment>();
  return found;
}

bool Validator::refuse_limit() {
  segments_.clear();
  violation_ = {};
  violation_.keyword = "limit";
  violation_.message = "the value is too large or too deep for the schema";
  violation_.expected = "a value that can be checked";
  violation_.found = "one that is too large or too deep";
  return false;
}

}  // namespace penstock::schema
