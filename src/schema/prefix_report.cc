// How a PrefixValidator describes why a text is refused.

#include <utility>

#include "schema/catalogue.h"
#include "schema/messages.h"
#include "schema/prefix_validator.h"

namespace penstock::schema {

bool PrefixValidator::tell(const Node& node, std::string_view keyword, std::string message) {
  Violation violation;
  violation.schema_path = node.path + "/" + std::string(keyword);
  violation.keyword = keyword;
  violation.message = std::move(message);
  if (of_choice_) {
    violation.message =
        "none of the forms that are allowed here goes on like this, nor does the last one left: " +
        violation.message;
  }
  violation_ = std::move(violation);
  return false;
}

bool PrefixValidator::tell(const Node& node, std::string_view keyword, const std::string& expected,
                           const std::string& found) {
  tell(node, keyword, "expected " + expected + ", found " + found);
  violation_->expected = expected;
  violation_->found = found;
  return false;
}

bool PrefixValidator::refuse_size(std::uint32_t index, TypeSet type, const SizeRange& range,
                                  std::uint64_t found) {
  if (!fell(index)) return true;
  const SizeWords words = size_words(type);
  return tell(node_of(index), found < range.min ? words.min_keyword : words.max_keyword,
              sized(words.article_noun, words.unit, range, found),
              size_found(words.article_noun, found));
}

bool PrefixValidator::refuse_value(std::uint32_t index, const std::string& found) {
  if (!fell(index)) return true;
  const Node& node = node_of(index);
  if (node.values->all.empty()) return tell(node, "enum", "no value is allowed here");
  std::vector<std::string> choices;
  for (const auto value : node.values->all) choices.push_back(rendered(value));
  return tell(node, node.values->constant ? "const" : "enum", one_of(choices), found);
}

bool PrefixValidator::refuse_name(std::uint32_t index, std::string_view name) {
  if (!fell(index)) return true;
  if (name.empty()) {
    return tell(node_of(index), "additionalProperties", "no further field is known here");
  }
  const std::string_view known = name.substr(0, kMaxNameBytes);
  return tell(node_of(index), "additionalProperties",
              std::string(in_name_ ? "no further field that begins with " : "no field ") +
                  schema::quoted(known) + " is known here");
}

Violation PrefixValidator::violation() {
  if (!violation_) {
    const bool depth = reader_.fault() == TextReader::Fault::kDepth;
    violation_.emplace();
    violation_->keyword = "json";
    violation_->message = depth ? "nested too deep" : "no JSON text goes on like this";
    violation_->message += " (at byte " + std::to_string(reader_.offset()) + ")";
    if (complete()) violation_->message = "something follows the JSON text";
  }
  // The innermost frame is that of the value, so the path ends with its container.
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    const Frame& frame = frames_[i];
    const bool innermost = i + 1 == frames_.size();
    std::string& path = violation_->instance_path;
    std::string& pointer = violation_->instance_pointer;
    if (innermost) break;
    if (frame.type == kArray) {
      const std::string index = std::to_string(frame.count);
      path += "[" + index + "]";
      pointer += "/" + index;
      continue;
    }
    const std::string_view whole = open_name(i);
    const std::string_view name = whole.size() <= kMaxNameBytes ? whole : "...";
    if (!path.empty()) path += ".";
    path += name;
    pointer = path_below(pointer, name);
  }
  return std::move(*violation_);
}

std::string_view PrefixValidator::open_name(std::size_t frame) const {
  const std::size_t at = frames_[frame].name_at;
  const std::size_t end = frame + 1 < frames_.size() ? frames_[frame + 1].name_at : names_.size();
  return std::string_view(names_).substr(at, end - at);
}

}  // namespace penstock::schema
