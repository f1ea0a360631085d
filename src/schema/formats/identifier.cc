// Names and expressions that programs hand to each other.

#include <algorithm>

#include "schema/ecma_regex.h"
#include "schema/formats/format_reader.h"
#include "schema/formats/formats.h"

namespace penstock::schema {

bool is_uuid(std::string_view text) {
  constexpr std::string_view kForm = "00000000-0000-0000-0000-000000000000";
  const auto fits = [](char c, char form) { return form == '-' ? c == '-' : is_hex_digit(c); };
  return text.size() == kForm.size() && std::equal(text.begin(), text.end(), kForm.begin(), fits);
}

bool is_json_pointer(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() != '/') return false;
  for (std::size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
    const std::string_view digit = text.substr(at + 1, 1);
    if (digit != "0" && digit != "1") return false;
  }
  return true;
}

bool is_relative_json_pointer(std::string_view text) {
  FormatReader reader(text);
  const std::string_view levels = reader.take_digits();
  if (levels.empty() || (levels.size() > 1 && levels.front() == '0')) return false;
  return reader.rest() == "#" || is_json_pointer(reader.rest());
}

bool is_regex(std::string_view text) {
  return translate_regex(text).has_value();
}

}  // namespace penstock::schema
