#pragma once

#include <string_view>

namespace penstock::schema {

/// A value of the keyword `format` that can be checked. Names that are not known are notes.
struct Format {
  std::string_view name;
  std::string_view noun;  // "a date and time (RFC 3339)"
  bool (*matches)(std::string_view text);
};

/// nullptr: not known, or not checked (idn-email and idn-hostname, which take the tables of IDNA).
const Format* find_format(std::string_view name);

}  // namespace penstock::schema
