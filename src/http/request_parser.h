#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "penstock/headers.h"
#include "penstock/result.h"

#include "http/framing.h"
#include "http/head_fields.h"
#include "http/head_lines.h"

namespace penstock::http {

/// Bounds of a message head. Crossing one is an error as soon as the byte that crosses it is there.
struct HeadLimits {
  std::size_t max_bytes = 64 * 1024;
  std::size_t max_line_bytes = 16 * 1024;
  std::size_t max_request_line_bytes = 8 * 1024;
  std::size_t max_fields = 100;
};

/// The head of a request, already checked: what is in here is well-formed.
struct RequestHead {
  std::string method;
  std::string target;  // as sent
  std::string host;    // value of Host; empty only in HTTP/1.0
  int minor_version = 1;
  Headers headers;  // all fields as sent, framing and hop-by-hop ones included
  Framing framing;  // kNone, kLength or kChunked
  bool keep_alive = true;
  bool expects_continue = false;  // and a body is to follow
};

/// Strict parser of HTTP/1.1 request heads (RFC 9112 sections 2 to 6). What the RFC calls invalid
/// or lets a recipient repair is refused: bare LF, obs-fold, white space before the colon, repeated
/// or list Content-Length, any Transfer-Encoding but one exact `chunked`, both of the two, missing
/// or repeated Host, `_` in a field name. Section A of the test catalogue is the list.
///
/// Looks at each line as soon as it is complete, so a wrong byte is refused without waiting for the
/// end of the head; the outcome does not depend on how the bytes were cut. No I/O; one use per
/// head.
///
/// Errors: kMalformedHttp (400), kUriTooLong (414), kHeadTooLarge (431), kExpectationFailed (417),
/// kHttpVersion (505), kNotImplemented (501). All of them end the connection.
class RequestParser {
 public:
  explicit RequestParser(const HeadLimits& limits) : limits_(limits), lines_(limits.max_bytes) {}

  /// `buffer` starts at the first byte of the head and holds at least what the last call saw.
  /// Returns the size of the head in bytes once it is complete, 0 while more is needed.
  Result<std::size_t> parse(std::string_view buffer);

  /// Valid after parse() returned a size.
  RequestHead& head() noexcept { return head_; }

 private:
  Result<void> check_first_byte(std::string_view buffer) const;
  Result<void> request_line(std::string_view line);
  Result<void> field_line(std::string_view line);
  Result<void> see_host(std::string_view value);
  Result<void> see_expect(std::string_view value);
  Result<void> complete();

  HeadLimits limits_;
  internal::HeadLines lines_;
  internal::ConnectionFacts facts_;
  RequestHead head_;
  std::size_t fields_ = 0;
  bool request_line_seen_ = false;
  bool empty_line_seen_ = false;  // one leading CRLF is tolerated (RFC 9112 section 2.2)
};

}  // namespace penstock::http
