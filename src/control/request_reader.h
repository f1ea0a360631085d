#pragma once

#include <string>

#include "penstock/result.h"

#include "control/access.h"
#include "control/connection.h"
#include "control/endpoints.h"
#include "http/request_parser.h"

namespace penstock::control {

/// A request that may be answered: strictly parsed, for an endpoint that there is, by somebody who
/// may.
struct Request {
  std::string method;
  std::string path;  // canonical, without the query
  std::string body;
};

/// The door of the control plane: reads one request from a connection.
///
/// cpp-httplib 0.11 does not get to see what a client sent. It bounds neither chunked or compressed
/// bodies nor the head, waits for the end of the connection after a POST without a length, and
/// matches `Range` with a recursive regular expression, so that one line of 8 KiB overflows a stack
/// of 2 MiB before any handler is asked. The codec of the client port reads here instead.
///
/// Bounds: head 16 KiB and 64 fields, body 1 MiB, times of Connection. Used by one thread, once.
class RequestReader {
 public:
  /// Both outlive this.
  RequestReader(Connection& connection, const AccessPolicy& access)
      : connection_(connection), access_(access) {}

  /// Who may not ask is refused before the body is read. Errors: those of http::RequestParser,
  /// http::parse_target, AccessPolicy, find_endpoint, check_method and
  /// Connection::read_more; kUnsupportedMediaType for a form; kRequestTooLarge.
  Result<Request> read();
  /// The method, as far as it was read.
  const std::string& method() const noexcept { return method_; }

 private:
  Result<http::RequestHead> read_head();
  Result<void> admit(const http::RequestHead& head, std::string_view path) const;
  Result<std::string> read_body(const http::RequestHead& head);

  Connection& connection_;
  const AccessPolicy& access_;
  std::string input_;  // what was received and not yet understood
  std::string method_;
};

}  // namespace penstock::control
