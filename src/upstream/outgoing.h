#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "penstock/exchange.h"

#include "config/config.h"

namespace penstock::upstream {

/// A message in pieces; few enough to need no room of their own.
using Pieces = boost::container::small_vector<std::string_view, 8>;

/// A request as it goes to an upstream: a head of our own, and the client's body with at most a few
/// places changed. The body's pieces are views into the exchange's body and into `inserted`.
struct Outgoing {
  std::string head;
  std::vector<std::string> inserted;  // texts that the pieces refer to
  Pieces pieces;                      // of the body
  bool asks_usage = false;            // we asked for the usage chunk, the client did not
};

/// Builds the request anew from validated parts: our path, our Host, our Content-Length, our
/// credential, the exchange's headers. In the body the model's name is changed where an alias names
/// another, and `stream_options.include_usage` is set where the client left it out. Errors: those
/// of x.facts(). The result is valid while the exchange keeps its body.
Result<Outgoing> make_outgoing(Exchange& x, const config::UpstreamOptions& upstream);

}  // namespace penstock::upstream
