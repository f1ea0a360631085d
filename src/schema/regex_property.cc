#include "schema/regex_property.h"

#include <algorithm>
#include <array>
#include <string>

#include <re2/re2.h>

namespace penstock::schema {

namespace {

struct Category {
  std::string_view name;
  std::string_view alias;  // "": none
  std::string_view short_name;
};

// Unicode's PropertyValueAliases, gc. Without Other, Unassigned and Cased_Letter, which RE2 has not
// or not with all of their characters.
constexpr auto kCategories = std::to_array<Category>({
    {"Letter", "", "L"},
    {"Uppercase_Letter", "", "Lu"},
    {"Lowercase_Letter", "", "Ll"},
    {"Titlecase_Letter", "", "Lt"},
    {"Modifier_Letter", "", "Lm"},
    {"Other_Letter", "", "Lo"},
    {"Mark", "Combining_Mark", "M"},
    {"Nonspacing_Mark", "", "Mn"},
    {"Spacing_Mark", "", "Mc"},
    {"Enclosing_Mark", "", "Me"},
    {"Number", "", "N"},
    {"Decimal_Number", "digit", "Nd"},
    {"Letter_Number", "", "Nl"},
    {"Other_Number", "", "No"},
    {"Punctuation", "punct", "P"},
    {"Connector_Punctuation", "", "Pc"},
    {"Dash_Punctuation", "", "Pd"},
    {"Open_Punctuation", "", "Ps"},
    {"Close_Punctuation", "", "Pe"},
    {"Initial_Punctuation", "", "Pi"},
    {"Final_Punctuation", "", "Pf"},
    {"Other_Punctuation", "", "Po"},
    {"Symbol", "", "S"},
    {"Math_Symbol", "", "Sm"},
    {"Currency_Symbol", "", "Sc"},
    {"Modifier_Symbol", "", "Sk"},
    {"Other_Symbol", "", "So"},
    {"Separator", "", "Z"},
    {"Space_Separator", "", "Zs"},
    {"Line_Separator", "", "Zl"},
    {"Paragraph_Separator", "", "Zp"},
    {"Control", "cntrl", "Cc"},
    {"Format", "", "Cf"},
    {"Private_Use", "", "Co"},
});

bool re2_has(std::string_view script) {
  const auto in_name = [](char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  // Categories have at most two letters, scripts more.
  if (script.size() < 3 || script.size() > 40) return false;
  if (!std::all_of(script.begin(), script.end(), in_name)) return false;
  RE2::Options options;
  options.set_log_errors(false);
  return RE2("\\p{" + std::string(script) + "}", options).ok();
}

}  // namespace

std::optional<std::string_view> re2_property(std::string_view name) {
  for (const std::string_view prefix : {"Script=", "sc="}) {
    if (!name.starts_with(prefix)) continue;
    const std::string_view script = name.substr(prefix.size());
    return re2_has(script) ? std::optional(script) : std::nullopt;
  }
  for (const std::string_view prefix : {"General_Category=", "gc="}) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    break;
  }
  for (const Category& category : kCategories) {
    if (name == category.name || name == category.short_name) return category.short_name;
    if (!category.alias.empty() && name == category.alias) return category.short_name;
  }
  return std::nullopt;
}

}  // namespace penstock::schema
