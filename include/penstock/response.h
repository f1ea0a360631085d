#pragma once

#include "penstock/body.h"
#include "penstock/headers.h"

namespace penstock {

/// An answer on its way to the client. The headers are end-to-end ones: framing (content-length,
/// transfer-encoding, connection) is the server's business and is ignored here.
struct Response {
  int status = 200;
  Headers headers;
  Body body;
};

}  // namespace penstock
