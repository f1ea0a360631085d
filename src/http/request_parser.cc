#include "http/request_parser.h"

#include "http/ascii.h"
#include "http/protocol_error.h"
#include "http/url.h"

namespace penstock::http {

namespace {

using internal::malformed;
using internal::protocol_error;

constexpr std::size_t kMaxMethodBytes = 32;
constexpr std::string_view kVersion11 = "HTTP/1.1";
constexpr std::string_view kVersion10 = "HTTP/1.0";

/// Visible ASCII, which is all that an URI is made of.
constexpr bool is_target(std::string_view text) noexcept {
  for (const char c : text) {
    if (c <= ' ' || c > '~') return false;
  }
  return !text.empty();
}

Result<int> parse_version(std::string_view text) {
  if (text == kVersion11) return 1;
  if (text == kVersion10) return 0;
  const bool well_formed = text.size() == kVersion11.size() && text.starts_with("HTTP/") &&
                           internal::kDigits.has(text[5]) && text[6] == '.' &&
                           internal::kDigits.has(text[7]);
  if (!well_formed) return malformed("the request line does not end with an HTTP version");
  return protocol_error(ErrorKind::kHttpVersion, "only HTTP/1.1 and HTTP/1.0 are spoken here");
}

}  // namespace

Result<std::size_t> RequestParser::parse(std::string_view buffer) {
  while (true) {
    if (!request_line_seen_) TRY_VOID(check_first_byte(buffer));
    const auto line =
        request_line_seen_
            ? TRY(lines_.next(buffer, limits_.max_line_bytes, ErrorKind::kHeadTooLarge))
            : TRY(lines_.next(buffer, limits_.max_request_line_bytes, ErrorKind::kUriTooLong));
    if (!line) return std::size_t{0};
    if (line->empty() && request_line_seen_) {
      TRY_VOID(complete());
      return lines_.consumed();
    }
    if (line->empty()) {
      empty_line_seen_ = true;
    } else {
      TRY_VOID(request_line_seen_ ? field_line(*line) : request_line(*line));
    }
  }
}

/// Another protocol on this port (TLS, say) may never send a line end, so it is refused by its
/// first byte.
Result<void> RequestParser::check_first_byte(std::string_view buffer) const {
  const auto first = buffer.substr(lines_.consumed(), 1);
  if (first.empty() || is_token(first)) return {};
  if (first == "\r" && !empty_line_seen_) return {};
  return malformed("the request does not start with a method");
}

Result<void> RequestParser::request_line(std::string_view line) {
  request_line_seen_ = true;
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return malformed("the request line is not `method target version`");
  }
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  if (method.size() > kMaxMethodBytes || !is_token(method)) {
    return malformed("the method is no token of at most 32 bytes");
  }
  head_.minor_version = TRY(parse_version(line.substr(last + 1)));
  if (!is_target(target)) {
    return malformed("the request target is empty or holds a byte not allowed there");
  }
  head_.method = method;
  head_.target = target;
  return {};
}

Result<void> RequestParser::field_line(std::string_view line) {
  if (++fields_ > limits_.max_fields) {
    return protocol_error(ErrorKind::kHeadTooLarge, "the head has too many fields");
  }
  const auto field = TRY(internal::split_field(line));
  // Upstreams and gateways behind us may read `_` as `-`, so X_Y would slip past a rule about X-Y.
  if (field.name.find('_') != std::string_view::npos) return malformed("a field name holds `_`");
  TRY_VOID(internal::add_field(head_.headers, field));
  const auto named = [&](std::string_view name) {
    return field.name.size() == name.size() && equals_ignoring_case(field.name, name);
  };
  if (named("host")) return see_host(field.value);
  if (named("expect")) return see_expect(field.value);
  return facts_.see(field, head_.minor_version);
}

Result<void> RequestParser::see_host(std::string_view value) {
  if (!head_.host.empty()) return malformed("host is repeated");
  if (!is_valid_host(value)) return malformed("host is not `name` or `name:port`");
  head_.host = value;
  return {};
}

Result<void> RequestParser::see_expect(std::string_view value) {
  if (head_.minor_version == 0) return {};  // RFC 9110 section 10.1.1
  if (!equals_ignoring_case(value, "100-continue")) {
    return protocol_error(ErrorKind::kExpectationFailed, "expect is not `100-continue`");
  }
  head_.expects_continue = true;
  return {};
}

Result<void> RequestParser::complete() {
  if (head_.minor_version >= 1 && head_.host.empty()) return malformed("host is missing");
  TRY_VOID(facts_.check());
  if (facts_.chunked) head_.framing = {Framing::Kind::kChunked, 0};
  if (facts_.content_length) head_.framing = {Framing::Kind::kLength, *facts_.content_length};
  const auto& framing = head_.framing;
  const bool has_body = framing.kind == Framing::Kind::kChunked || framing.length > 0;
  head_.expects_continue = head_.expects_continue && has_body;
  head_.keep_alive = facts_.persists(head_.minor_version);
  return {};
}

}  // namespace penstock::http
