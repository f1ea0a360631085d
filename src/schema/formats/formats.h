#pragma once

#include <string_view>

namespace penstock::schema {

// One check for each value of `format`: whether the whole text is of that form. None allocates, but
// for is_regex; all take time in proportion to the text.

bool is_date(std::string_view text);  // RFC 3339 section 5.6, full-date
bool is_time(std::string_view text);  // full-time: with a second fraction or not, with an offset
bool is_date_time(std::string_view text);  // date-time, with a T between the two
bool is_duration(std::string_view text);   // RFC 3339 appendix A

bool is_ipv4(std::string_view text);      // RFC 2673 section 3.2, dotted-quad
bool is_ipv6(std::string_view text);      // RFC 4291 section 2.2; no zone
bool is_hostname(std::string_view text);  // RFC 1123 section 2.1; A-labels by their letters only
bool is_email(std::string_view text);     // RFC 5321 section 4.1.2, Mailbox

bool is_uri(std::string_view text);            // RFC 3986 appendix A, URI
bool is_uri_reference(std::string_view text);  // URI-reference
bool is_iri(std::string_view text);            // RFC 3987 section 2.2, IRI
bool is_iri_reference(std::string_view text);  // IRI-reference
bool is_uri_template(std::string_view text);   // RFC 6570 section 2

bool is_uuid(std::string_view text);                   // RFC 4122 section 3, of any version
bool is_json_pointer(std::string_view text);           // RFC 6901 section 3
bool is_relative_json_pointer(std::string_view text);  // the draft's section 3
bool is_regex(std::string_view text);                  // ECMA-262 22.2.1, see translate_regex

}  // namespace penstock::schema
