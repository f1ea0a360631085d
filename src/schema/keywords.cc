#include "schema/keywords.h"

#include <algorithm>
#include <array>
#include <utility>

#include "schema/catalogue.h"

namespace penstock::schema {

namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t kMaxWarnings = 100;
constexpr std::size_t kMaxNameInWarning = 64;

// What draft 7 and 2020-12 let stand beside a $ref without any effect on an instance.
bool is_note(const KeywordInfo& keyword) {
  return keyword.vocabulary == Vocabulary::kNotes || keyword.name == "$comment";
}

}  // namespace

Result<Keywords> Keywords::open(object schema, const std::string& path, const Dialect& dialect,
                                std::vector<std::string>* warnings) {
  Keywords keywords(path, dialect);
  const bool only_ref = dialect.draft == Draft::k7 && !schema.at_key("$ref").error();
  for (const auto [name, value] : schema) {
    // Draft 7, section 8.3: all that stands beside a $ref is ignored.
    if (only_ref && name != "$ref") continue;
    TRY_VOID(keywords.take(name, value, warnings));
  }
  return keywords;
}

Result<void> Keywords::take(std::string_view name, element value,
                            std::vector<std::string>* warnings) {
  const auto keyword = find_keyword(name);
  if (!keyword || !dialect_->has(all_keywords()[*keyword])) {
    if (warnings != nullptr) warn(name, *warnings);
    return {};
  }
  if (has(name)) return error(name, "duplicate keyword");
  entries_.push_back({*keyword, value});
  return {};
}

void Keywords::warn(std::string_view name, std::vector<std::string>& warnings) const {
  if (warnings.size() >= kMaxWarnings || name.starts_with("x-")) return;
  const std::string shown(name.substr(0, kMaxNameInWarning));
  std::string text = "at " + path_of(shown) + ": ";
  if (find_keyword(name)) {
    text += "the keyword `" + shown + "` means nothing under this $schema";
  } else {
    text += "unknown keyword `" + shown + "`";
    if (const auto meant = nearest_keyword(name)) text += "; did you mean `" + *meant + "`?";
  }
  warnings.push_back(std::move(text));
}

std::optional<element> Keywords::find(std::string_view keyword) const {
  for (const Entry& entry : entries_) {
    if (all_keywords()[entry.keyword].name == keyword) return entry.value;
  }
  return std::nullopt;
}

bool Keywords::only_refers() const {
  bool refers = false;
  for (const Entry& entry : entries_) {
    const KeywordInfo& keyword = all_keywords()[entry.keyword];
    if (keyword.name == "$ref") {
      refers = true;
    } else if (!is_note(keyword)) {
      return false;
    }
  }
  return refers;
}

std::string Keywords::path_of(std::string_view keyword) const {
  return path_below(*path_, keyword);
}

std::string Keywords::path_of(std::string_view keyword, std::string_view member) const {
  return path_below(path_of(keyword), member);
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

Result<bool> Keywords::flag(std::string_view keyword) const {
  const auto value = find(keyword);
  if (!value) return false;
  if (!value->is_bool()) return error(keyword, "expected true or false");
  return value->get_bool().value_unsafe();
}

Result<std::uint64_t> Keywords::count(std::string_view keyword, std::uint64_t fallback) const {
  constexpr double kMost = 9007199254740992;  // what every JSON reader holds exactly
  const auto value = find(keyword);
  if (!value) return fallback;
  const bool whole = value->is_number() && Number::of(*value).is_integer();
  const double count = whole ? Number::of(*value).nearest_double() : -1;
  if (count < 0 || count > kMost) {
    return error(keyword, "expected a whole number that is not negative");
  }
  return static_cast<std::uint64_t>(count);
}

Result<SizeRange> Keywords::sizes(std::string_view min_keyword, std::string_view max_keyword,
                                  std::uint64_t min) const {
  SizeRange range;
  range.min = TRY(count(min_keyword, min));
  range.max = TRY(count(max_keyword, range.max));
  return range;
}

Result<std::vector<std::string_view>> Keywords::texts(std::string_view keyword) const {
  const auto value = find(keyword);
  if (!value) return std::vector<std::string_view>();
  return texts_of(keyword, *value);
}

Result<std::vector<std::string_view>> Keywords::texts_of(std::string_view keyword,
                                                         element value) const {
  std::vector<std::string_view> texts;
  if (!value.is_array()) return error(keyword, "expected an array");
  for (const auto items = value.get_array().value_unsafe(); const element item : items) {
    if (!item.is_string()) return error(keyword, "expected an array of strings");
    texts.push_back(item.get_string().value_unsafe());
  }
  return texts;
}

}  // namespace penstock::schema
