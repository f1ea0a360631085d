#pragma once

#include <string>
#include <string_view>

#include "penstock/response.h"

#include "runtime/stream.h"
#include "server/server_exchange.h"
#include "server/worker.h"

namespace penstock::server {

/// What the relay needs to know of the client's request.
struct Client {
  runtime::Stream& stream;
  const Setup& setup;
  std::string_view origin;  // for CORS; empty: none
  bool is_head = false;     // a HEAD request: no body
  bool http_1_0 = false;    // no chunks: the end of the connection ends the body
  bool keep_alive = true;
};

/// Sends an answer to the client as it comes and ends its body with the outcome. Returns whether
/// the connection can serve another request. Suspends.
///
/// A stream that breaks is never given a clean end: the client gets an error event (where the body
/// is an event stream) and a connection that closes before the last chunk. An answer that fails
/// before its first byte becomes an error answer with a status of its own. When memory runs out,
/// the exchange ends like that, too, and the connection closes.
bool relay(Worker& worker, const Client& client, ServerExchange& x, Response& response);

/// The answer that tells an error.
Response error_answer(const ServerExchange& x, const Error& error);

}  // namespace penstock::server
