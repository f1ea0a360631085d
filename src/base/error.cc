#include "penstock/error.h"

#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <utility>

#include "penstock/result.h"

namespace penstock {

ErrorDescription describe(ErrorKind kind) noexcept {
  constexpr const char* kInvalid = "invalid_request_error";
  constexpr const char* kUpstream = "upstream_error";
  switch (kind) {
    case ErrorKind::kInvalidRequest:
      return {400, kInvalid, nullptr};
    case ErrorKind::kMalformedHttp:
      return {400, kInvalid, "malformed_request"};
    case ErrorKind::kUnauthenticated:
      return {401, kInvalid, "invalid_api_key"};
    case ErrorKind::kForbidden:
      return {403, "permission_error", "forbidden"};
    case ErrorKind::kNotFound:
      return {404, kInvalid, "unknown_url"};
    case ErrorKind::kModelNotFound:
      return {404, kInvalid, "model_not_found"};
    case ErrorKind::kMethodNotAllowed:
      return {405, kInvalid, "method_not_supported"};
    case ErrorKind::kRequestTimeout:
      return {408, kInvalid, "request_timeout"};
    case ErrorKind::kRequestTooLarge:
      return {413, kInvalid, "request_too_large"};
    case ErrorKind::kUriTooLong:
      return {414, kInvalid, "uri_too_long"};
    case ErrorKind::kUnsupportedMediaType:
      return {415, kInvalid, "unsupported_content_type"};
    case ErrorKind::kExpectationFailed:
      return {417, kInvalid, "expectation_failed"};
    case ErrorKind::kHeadTooLarge:
      return {431, kInvalid, "headers_too_large"};
    case ErrorKind::kRateLimited:
      return {429, "tokens", "rate_limit_exceeded"};
    case ErrorKind::kInternal:
      return {500, "server_error", "internal_error"};
    case ErrorKind::kNotImplemented:
      return {501, kInvalid, "not_implemented"};
    case ErrorKind::kUpstreamUnreachable:
      return {502, kUpstream, "upstream_unreachable"};
    case ErrorKind::kUpstreamInvalid:
      return {502, kUpstream, "upstream_invalid_response"};
    case ErrorKind::kUpstreamRefusedKey:
      return {502, kUpstream, "upstream_misconfigured"};
    case ErrorKind::kOverloaded:
      return {503, "server_error", "overloaded"};
    case ErrorKind::kUpstreamTimeout:
      return {504, kUpstream, "upstream_timeout"};
    case ErrorKind::kHttpVersion:
      return {505, kInvalid, "http_version_not_supported"};
    case ErrorKind::kCancelled:
      return {499, kInvalid, "client_closed_request"};
  }
  std::abort();
}

Error invalid_request(std::string message, std::string param, std::string code) {
  Error error;
  error.kind = ErrorKind::kInvalidRequest;
  error.source = ErrorSource::kClient;
  error.public_message = std::move(message);
  error.param = std::move(param);
  error.code = std::move(code);
  return error;
}

Error internal_error(std::string detail) {
  Error error;
  error.public_message = "the gateway failed to handle this request";
  error.detail = std::move(detail);
  return error;
}

Error out_of_memory() {
  Error error;
  error.kind = ErrorKind::kOverloaded;
  error.public_message = "the gateway has no memory for this request; try again";
  error.detail = "out of memory";
  error.retry_after = std::chrono::seconds(1);
  return error;
}

Error error_of_exception() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::exception& error) {
    return internal_error(error.what());
  }
}

void throw_exception_from_error(const Error&, const boost::source_location&) {
  std::abort();
}

}  // namespace penstock
