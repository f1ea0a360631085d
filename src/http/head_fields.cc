#include "http/head_fields.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "http/ascii.h"
#include "http/protocol_error.h"

namespace penstock::http::internal {

namespace {

/// Only digits, and few enough that no reader's integer wraps.
Result<std::uint64_t> parse_content_length(std::string_view text) {
  constexpr std::size_t kMaxDigits = 19;
  if (text.empty() || !kDigits.has_all(text)) {
    return malformed("content-length is not a decimal number");
  }
  const auto significant = text.substr(std::min(text.find_first_not_of('0'), text.size()));
  if (significant.size() > kMaxDigits) return malformed("content-length is too large");
  std::uint64_t length = 0;
  for (const char c : significant) length = length * 10 + static_cast<std::uint64_t>(c - '0');
  return length;
}

/// Fields that a client must not have stripped on the way by naming them as connection options.
bool may_be_connection_option(std::string_view name) {
  constexpr std::array<std::string_view, 8> kProtected = {
      "content-length",      "transfer-encoding", "host",    "authorization",
      "proxy-authorization", "x-api-key",         "api-key", "content-type"};
  return std::none_of(kProtected.begin(), kProtected.end(), [&](std::string_view protected_name) {
    return equals_ignoring_case(name, protected_name);
  });
}

Result<void> see_connection_option(ConnectionFacts& facts, std::string_view option) {
  if (equals_ignoring_case(option, "close")) {
    facts.close = true;
  } else if (equals_ignoring_case(option, "keep-alive")) {
    facts.keep_alive = true;
  } else if (!option.empty()) {  // empty elements are ignored, RFC 9110 section 5.6.1
    if (!is_token(option)) return malformed("connection holds an option that is not a token");
    if (!may_be_connection_option(option)) {
      return malformed("connection names a field that must not be removed");
    }
  }
  return {};
}

Result<void> see_connection(ConnectionFacts& facts, std::string_view value) {
  while (true) {
    const std::size_t comma = value.find(',');
    TRY_VOID(see_connection_option(facts, trim(value.substr(0, comma))));
    if (comma == std::string_view::npos) return {};
    value.remove_prefix(comma + 1);
  }
}

Result<void> see_transfer_encoding(ConnectionFacts& facts, std::string_view value,
                                   int minor_version) {
  if (facts.chunked) return malformed("transfer-encoding is repeated");
  if (minor_version == 0) return malformed("transfer-encoding has no meaning in HTTP/1.0");
  if (!equals_ignoring_case(value, "chunked")) {
    const auto kind = is_token(value) ? ErrorKind::kNotImplemented : ErrorKind::kMalformedHttp;
    return protocol_error(kind, "transfer-encoding is not exactly `chunked`");
  }
  facts.chunked = true;
  return {};
}

}  // namespace

Result<Headers::Field> split_field(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    return malformed("a field line starts with white space");
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return malformed("a field line has no colon");
  return Headers::Field{line.substr(0, colon), trim(line.substr(colon + 1))};
}

Result<void> add_field(Headers& headers, const Headers::Field& field) {
  if (headers.add(field.name, field.value)) return {};
  return malformed(is_token(field.name)
                       ? "a field value holds a control byte"
                       : "a field name is empty or holds a byte not allowed there");
}

Result<void> ConnectionFacts::see(const Headers::Field& field, int minor_version) {
  switch (field.name.size()) {
    case std::string_view("connection").size():
      if (equals_ignoring_case(field.name, "connection")) return see_connection(*this, field.value);
      return {};
    case std::string_view("content-length").size():
      if (!equals_ignoring_case(field.name, "content-length")) return {};
      if (content_length) return malformed("content-length is repeated");
      content_length = TRY(parse_content_length(field.value));
      return {};
    case std::string_view("transfer-encoding").size():
      if (!equals_ignoring_case(field.name, "transfer-encoding")) return {};
      return see_transfer_encoding(*this, field.value, minor_version);
    default:
      return {};
  }
}

Result<void> ConnectionFacts::check() const {
  if (chunked && content_length) {
    return malformed("both content-length and transfer-encoding are given");
  }
  return {};
}

bool ConnectionFacts::persists(int minor_version) const noexcept {
  return !close && (minor_version >= 1 || keep_alive);
}

}  // namespace penstock::http::internal
