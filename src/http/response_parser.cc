#include "http/response_parser.h"

#include <algorithm>

#include "http/ascii.h"
#include "http/protocol_error.h"

namespace penstock::http {

namespace {

using internal::kDigits;
using internal::malformed;

/// Answers that have no body whatever their fields say (RFC 9112 section 6.3).
constexpr bool has_no_body(int status) noexcept {
  return status < 200 || status == 204 || status == 304;
}

}  // namespace

Result<std::size_t> ResponseParser::parse(std::string_view buffer) {
  auto size = parse_lines(buffer);
  if (size) return size;
  return internal::protocol_error(ErrorKind::kUpstreamInvalid, size.error().public_message);
}

Result<std::size_t> ResponseParser::parse_lines(std::string_view buffer) {
  while (true) {
    const auto line = TRY(lines_.next(buffer, limits_.max_line_bytes, ErrorKind::kHeadTooLarge));
    if (!line) return std::size_t{0};
    if (!status_line_seen_) {
      TRY_VOID(status_line(*line));
    } else if (!line->empty()) {
      TRY_VOID(field_line(*line));
    } else {
      TRY_VOID(complete());
      return lines_.consumed();
    }
  }
}

Result<void> ResponseParser::status_line(std::string_view line) {
  // "HTTP/1.1 200", then a space and a reason that may be empty. Some servers leave out the space
  // before an empty reason; nothing can be misread there, so that is let pass.
  constexpr std::size_t kStatusAt = 9;
  constexpr std::size_t kReasonAt = 12;
  status_line_seen_ = true;
  if (!line.starts_with("HTTP/1.1 ") && !line.starts_with("HTTP/1.0 ")) {
    return malformed("the status line does not start with HTTP/1.1 or HTTP/1.0");
  }
  const auto status = line.substr(kStatusAt, kReasonAt - kStatusAt);
  const auto reason = line.substr(std::min(line.size(), kReasonAt));
  if (status.size() != 3 || !kDigits.has_all(status) || status[0] < '1' || status[0] > '5') {
    return malformed("the status is not a number from 100 to 599");
  }
  if (!reason.empty() && (reason[0] != ' ' || !is_field_value(reason))) {
    return malformed("the reason in the status line is invalid");
  }
  head_.minor_version = line[7] - '0';
  head_.status = (status[0] - '0') * 100 + (status[1] - '0') * 10 + (status[2] - '0');
  return {};
}

Result<void> ResponseParser::field_line(std::string_view line) {
  if (++fields_ > limits_.max_fields) return malformed("the head has too many fields");
  const auto field = TRY(internal::split_field(line));
  TRY_VOID(internal::add_field(head_.headers, field));
  return facts_.see(field, head_.minor_version);
}

Result<void> ResponseParser::complete() {
  TRY_VOID(facts_.check());
  head_.keep_alive = facts_.persists(head_.minor_version);
  if (answers_head_ || has_no_body(head_.status)) return {};
  if (facts_.chunked) {
    head_.framing = {Framing::Kind::kChunked, 0};
  } else if (facts_.content_length) {
    head_.framing = {Framing::Kind::kLength, *facts_.content_length};
  } else {
    head_.framing = {Framing::Kind::kUntilClose, 0};
    head_.keep_alive = false;
  }
  return {};
}

}  // namespace penstock::http
