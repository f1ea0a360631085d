#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "penstock/headers.h"
#include "penstock/result.h"

#include "http/framing.h"
#include "http/head_fields.h"
#include "http/head_lines.h"
#include "http/request_parser.h"

namespace penstock::http {

/// The head of an upstream's answer, already checked.
struct ResponseHead {
  int status = 0;
  int minor_version = 1;
  Headers headers;  // all fields as sent
  Framing framing;  // kNone for HEAD, 1xx, 204, 304; kUntilClose where nothing else is said
  bool keep_alive = true;
};

/// Strict parser of HTTP/1.1 response heads (RFC 9112 sections 4 to 6), the mirror of RequestParser
/// with the same rules; an upstream is a stranger too. Errors: kUpstreamInvalid. No I/O.
class ResponseParser {
 public:
  /// `answers_head`: the request was a HEAD, so no body follows.
  ResponseParser(const HeadLimits& limits, bool answers_head)
      : limits_(limits), answers_head_(answers_head), lines_(limits.max_bytes) {}

  /// As RequestParser::parse. An interim answer (1xx) is a head like any other: start a new parser
  /// behind it.
  Result<std::size_t> parse(std::string_view buffer);

  ResponseHead& head() noexcept { return head_; }

 private:
  Result<std::size_t> parse_lines(std::string_view buffer);
  Result<void> status_line(std::string_view line);
  Result<void> field_line(std::string_view line);
  Result<void> complete();

  HeadLimits limits_;
  bool answers_head_;
  internal::HeadLines lines_;
  internal::ConnectionFacts facts_;
  ResponseHead head_;
  std::size_t fields_ = 0;
  bool status_line_seen_ = false;
};

}  // namespace penstock::http
