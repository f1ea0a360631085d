#pragma once

#include <string_view>

#include "penstock/error.h"

namespace penstock::http::internal {

/// A broken rule of the wire format. Where it is the upstream's (kUpstreamInvalid), `what` goes to
/// the log alone; a client is told what is wrong with its own bytes.
Error protocol_error(ErrorKind kind, std::string_view what);

/// The most common one: 400, the client's.
Error malformed(std::string_view what);

}  // namespace penstock::http::internal
