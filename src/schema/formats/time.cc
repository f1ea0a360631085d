// RFC 3339.

#include "schema/formats/format_reader.h"
#include "schema/formats/formats.h"

namespace penstock::schema {

namespace {

constexpr int kMinutesOfDay = 24 * 60;

bool is_leap_year(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in(int year, int month) {
  if (month == 2) return is_leap_year(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool take_date(FormatReader& text) {
  const auto year = text.take_number(4);
  if (!year || !text.take('-')) return false;
  const auto month = text.take_number(2);
  if (!month || !text.take('-')) return false;
  const auto day = text.take_number(2);
  return day && *month >= 1 && *month <= 12 && *day >= 1 && *day <= days_in(*year, *month);
}

// In minutes; nullopt: none stands there.
std::optional<int> take_offset(FormatReader& text) {
  if (text.take_any_of("Zz")) return 0;
  const bool behind = text.peek() == '-';
  if (!text.take_any_of("+-")) return std::nullopt;
  const auto hour = text.take_number(2);
  if (!hour || !text.take(':')) return std::nullopt;
  const auto minute = text.take_number(2);
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  const int offset = *hour * 60 + *minute;
  return behind ? -offset : offset;
}

bool take_time(FormatReader& text) {
  const auto hour = text.take_number(2);
  if (!hour || !text.take(':')) return false;
  const auto minute = text.take_number(2);
  if (!minute || !text.take(':')) return false;
  const auto second = text.take_number(2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return false;
  if (text.take('.') && text.take_digits().empty()) return false;
  const auto offset = take_offset(text);
  if (!offset) return false;
  if (*second < 60) return true;
  // A leap second ends a day of UTC, section 5.7.
  const int utc = (*hour * 60 + *minute - *offset + 2 * kMinutesOfDay) % kMinutesOfDay;
  return utc == kMinutesOfDay - 1;
}

// Numbers with these units, in their order and without a gap between the first and the last.
bool take_units(FormatReader& text, std::string_view units) {
  bool any = false;
  while (is_digit(text.peek())) {
    text.take_digits();
    const std::size_t unit = text.at_end() ? std::string_view::npos : units.find(text.peek());
    if (unit == std::string_view::npos || (any && unit != 0)) return false;
    text.take(text.peek());
    units.remove_prefix(unit + 1);
    any = true;
  }
  return any;
}

}  // namespace

bool is_date(std::string_view text) {
  FormatReader reader(text);
  return take_date(reader) && reader.at_end();
}

bool is_time(std::string_view text) {
  FormatReader reader(text);
  return take_time(reader) && reader.at_end();
}

bool is_date_time(std::string_view text) {
  FormatReader reader(text);
  return take_date(reader) && reader.take_any_of("Tt") && take_time(reader) && reader.at_end();
}

bool is_duration(std::string_view text) {
  FormatReader reader(text);
  if (!reader.take('P')) return false;
  if (text.ends_with('W')) return take_units(reader, "W") && reader.at_end();
  const bool date = reader.peek() != 'T';
  if (date && !take_units(reader, "YMD")) return false;
  if (reader.take('T') && !take_units(reader, "HMS")) return false;
  return reader.at_end();
}

}  // namespace penstock::schema
