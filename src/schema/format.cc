#include "schema/format.h"

#include <array>

#include "schema/formats/formats.h"

namespace penstock::schema {

namespace {

constexpr auto kFormats = std::to_array<Format>({
    {"date-time", "a date and time such as 2026-01-31T08:30:00Z", is_date_time},
    {"date", "a date such as 2026-01-31", is_date},
    {"time", "a time such as 08:30:00Z", is_time},
    {"duration", "a duration such as P3DT4H", is_duration},
    {"email", "an e-mail address", is_email},
    {"hostname", "a host name", is_hostname},
    {"ipv4", "an IPv4 address", is_ipv4},
    {"ipv6", "an IPv6 address", is_ipv6},
    {"uri", "a URI", is_uri},
    {"uri-reference", "a URI reference", is_uri_reference},
    {"iri", "an IRI", is_iri},
    {"iri-reference", "an IRI reference", is_iri_reference},
    {"uri-template", "a URI template", is_uri_template},
    {"uuid", "a UUID", is_uuid},
    {"json-pointer", "a JSON pointer", is_json_pointer},
    {"relative-json-pointer", "a relative JSON pointer", is_relative_json_pointer},
    {"regex", "a regular expression", is_regex},
});

}  // namespace

const Format* find_format(std::string_view name) {
  for (const Format& format : kFormats) {
    if (format.name == name) return &format;
  }
  return nullptr;
}

}  // namespace penstock::schema
