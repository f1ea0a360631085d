#pragma once

#include <string_view>

#include "penstock/exchange.h"
#include "penstock/response.h"

#include "config/config.h"
#include "http/response_parser.h"
#include "tokens/models.h"
#include "upstream/connection_pool.h"

namespace penstock::upstream {

/// Reads heads until one is final: interim answers are skipped, at most eight, and 101 is refused.
/// What follows the head stays in `connection.received`. Suspends. Errors: kUpstreamInvalid and
/// those of I/O.
Result<http::ResponseHead> read_head(Connection& connection, bool answers_head, Deadline deadline);

/// Whether the bytes that came so far hold the whole head of an answer that is final, or what is
/// none: there is nothing more to wait for before read_head.
bool has_final_head(std::string_view received);

/// What an answer is made into a response with.
struct Incoming {
  Exchange& x;
  const config::UpstreamOptions& upstream;
  const tokens::Models& models;  // outlive the response
  ConnectionPool& pool;
  MonotonicTime sent_at;  // when the request was out
  MonotonicTime until;    // when the total time is over
  bool asks_usage = false;
};

/// Makes a response of an answer: an event stream or bytes as a source, JSON read whole (bounded by
/// max_response) and checked to be JSON, an error status with the provider's error object. Refused
/// with 502: redirects, encodings that we did not ask for, a kind of content that the route cannot
/// have, and a 401 to our own key. Suspends while it reads a whole body.
Result<Response> make_response(const Incoming& incoming, std::unique_ptr<Connection> connection,
                               http::ResponseHead head);

}  // namespace penstock::upstream
