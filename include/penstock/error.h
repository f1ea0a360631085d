#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace penstock {

/// What went wrong, as the client may be told. One function maps a kind to the HTTP status, the
/// OpenAI error type and the default code: `describe` below, used by server/render_error.cc and by
/// the log.
enum class ErrorKind {
  kInvalidRequest,        // 400: the request breaks a rule of the API
  kMalformedHttp,         // 400: framing or head is invalid; the connection is closed
  kUnauthenticated,       // 401
  kForbidden,             // 403
  kNotFound,              // 404: no such path
  kModelNotFound,         // 404: no such model
  kMethodNotAllowed,      // 405
  kRequestTimeout,        // 408: head or body came too slowly
  kRequestTooLarge,       // 413
  kUriTooLong,            // 414
  kUnsupportedMediaType,  // 415
  kExpectationFailed,     // 417
  kHeadTooLarge,          // 431
  kRateLimited,           // 429
  kInternal,              // 500
  kNotImplemented,        // 501
  kUpstreamUnreachable,   // 502: no connection, or it broke before an answer
  kUpstreamInvalid,       // 502: the answer is not what the protocol allows
  kUpstreamRefusedKey,    // 502: the provider refused the gateway's own key
  kOverloaded,            // 503
  kUpstreamTimeout,       // 504
  kHttpVersion,           // 505
  kCancelled,             // 499: the client left; nobody reads the answer
};

/// Whose fault it is; decides the log level.
enum class ErrorSource { kClient, kUpstream, kInternal };

/// An error on its way to the client and to the log. The two texts are apart so that a secret
/// cannot leak by accident: `detail` goes to the log alone, `public_message` to the client.
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  ErrorSource source = ErrorSource::kInternal;
  std::string public_message;  // lower case; what was wrong, where, what cures it
  std::string detail;          // for the log; empty: the public message says it all
  std::string param;           // JSON path of the offending field; empty: null
  std::string code;            // empty: the kind's default code
  std::string type;            // empty: the kind's default type
  /// How long the client should wait. Rendered as retry-after (whole seconds, rounded up) and
  /// retry-after-ms.
  std::optional<std::chrono::milliseconds> retry_after;
  /// False where waiting cannot help: rendered as `x-should-retry: false`.
  bool retry_helps = true;
};

struct ErrorDescription {
  int status;
  const char* type;
  const char* code;  // nullptr: null
};

/// The table behind every error answer. Thread-safe, never fails.
ErrorDescription describe(ErrorKind kind) noexcept;

/// Shorthands for the common cases.
Error invalid_request(std::string message, std::string param = {}, std::string code = {});
Error internal_error(std::string detail);
/// There is no memory for this request; a later one may have better luck.
Error out_of_memory();
/// Inside a catch block: the exception that was caught, as an error (std::bad_alloc:
/// out_of_memory). Throws std::bad_alloc when there is not even memory to say so.
Error error_of_exception();

}  // namespace penstock
