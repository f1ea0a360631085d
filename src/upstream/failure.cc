#include "upstream/failure.h"

#include <chrono>
#include <cstdlib>
#include <utility>

namespace penstock::upstream {

namespace {

void describe_kind(Error& error, runtime::IoError::Kind kind) {
  using Kind = runtime::IoError::Kind;
  switch (kind) {
    case Kind::kTimeout:
      error.kind = ErrorKind::kUpstreamTimeout;
      error.public_message = "the upstream provider did not answer in time";
      return;
    case Kind::kCancelled:
      error.kind = ErrorKind::kCancelled;
      error.source = ErrorSource::kClient;
      error.public_message = "the client left";
      return;
    case Kind::kTls:
      error.code = "upstream_tls_error";
      error.public_message = "no trusted TLS connection to the upstream provider could be made";
      return;
    case Kind::kRefused:
    case Kind::kName:
      error.public_message = "the upstream provider cannot be reached";
      return;
    case Kind::kExhausted:
      error.kind = ErrorKind::kOverloaded;
      error.source = ErrorSource::kInternal;
      error.public_message = "the gateway has no room for another connection; try again";
      error.retry_after = std::chrono::seconds(1);
      return;
    case Kind::kClosed:
      error.public_message = "the upstream provider broke off the connection";
      return;
  }
  std::abort();
}

}  // namespace

Error failure(const runtime::IoError& cause, std::string_view phase) {
  Error error;
  error.kind = ErrorKind::kUpstreamUnreachable;
  error.source = ErrorSource::kUpstream;
  describe_kind(error, cause.kind);
  error.detail = std::string(phase) + ": " + cause.detail;
  return error;
}

Error invalid_answer(std::string detail) {
  Error error;
  error.kind = ErrorKind::kUpstreamInvalid;
  error.source = ErrorSource::kUpstream;
  error.public_message = "the upstream provider gave an answer that is not valid";
  error.detail = std::move(detail);
  return error;
}

}  // namespace penstock::upstream
