// RFC 6570 section 2.

#include <algorithm>

#include "schema/formats/format_reader.h"
#include "schema/formats/formats.h"

namespace penstock::schema {

namespace {

bool take_encoded_byte(FormatReader& text) {
  const std::string_view digits = text.rest().substr(0, 3);
  if (digits.size() < 3 || digits[0] != '%') return false;
  if (!is_hex_digit(digits[1]) || !is_hex_digit(digits[2])) return false;
  for (const char c : digits) text.take(c);
  return true;
}

bool take_name_letter(FormatReader& text) {
  if (text.peek() == '%') return take_encoded_byte(text);
  const char c = text.peek();
  return (is_letter(c) || is_digit(c) || c == '_') && text.take(c);
}

bool take_name(FormatReader& text) {
  do {
    if (!take_name_letter(text)) return false;
    while (take_name_letter(text)) {
    }
  } while (text.take('.'));
  return true;
}

bool take_modifier(FormatReader& text) {
  if (text.take('*') || !text.take(':')) return true;
  const std::string_view length = text.take_digits();
  return !length.empty() && length.size() <= 4 && length.front() != '0';
}

bool take_expression(FormatReader& text) {
  text.take_any_of("+#./;?&");
  do {
    if (!take_name(text) || !take_modifier(text)) return false;
  } while (text.take(','));
  return text.take('}');
}

}  // namespace

bool is_uri_template(std::string_view text) {
  constexpr std::string_view kForbidden = "\"<>\\^`|}\x7F";
  FormatReader reader(text);
  while (!reader.at_end()) {
    const char c = reader.peek();
    if (c == '%') {
      if (!take_encoded_byte(reader)) return false;
    } else if (reader.take('{')) {
      if (!take_expression(reader)) return false;
    } else if ((c >= '\0' && c <= ' ') || kForbidden.find(c) != std::string_view::npos) {
      return false;
    } else {
      reader.take(c);
    }
  }
  return true;
}

}  // namespace penstock::schema
