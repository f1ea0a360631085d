#include "http/protocol_error.h"

namespace penstock::http::internal {

Error protocol_error(ErrorKind kind, std::string_view what) {
  Error error;
  error.kind = kind;
  error.retry_helps = false;
  if (kind != ErrorKind::kUpstreamInvalid) {
    error.source = ErrorSource::kClient;
    error.public_message = what;
    return error;
  }
  error.source = ErrorSource::kUpstream;
  error.public_message = "the upstream's answer is not valid HTTP";
  error.detail = what;
  error.retry_helps = true;
  return error;
}

Error malformed(std::string_view what) {
  return protocol_error(ErrorKind::kMalformedHttp, what);
}

}  // namespace penstock::http::internal
