#include "interceptors/json_schema/answer_fault.h"

namespace penstock::json_schema {

Error to_error(const Fault& fault) {
  Error error;
  error.kind = ErrorKind::kUpstreamInvalid;
  error.source = ErrorSource::kUpstream;
  error.public_message = fault.kind == Fault::Kind::kMalformed
                             ? "the upstream provider gave an answer that is not well formed: "
                             : "the answer does not fit what the request asked for: ";
  if (!fault.where.empty()) error.public_message += fault.where + ": ";
  error.public_message += fault.what;
  error.retry_helps = fault.kind == Fault::Kind::kMalformed;
  return error;
}

}  // namespace penstock::json_schema
