#pragma once

#include "penstock/exchange.h"

#include "http/request_parser.h"
#include "http/url.h"
#include "server/routes.h"

namespace penstock::server {

/// Makes the chain's request of a parsed head, whose headers it takes over: takes the credential
/// out, leaves out what is about this connection, this browser or this hop, and keeps the rest to
/// travel on.
Request make_request(http::RequestHead& head, const http::Target& target, const RouteMatch& match);

/// Refuses what a JSON route cannot take: 415 for another content type (a form or text would slip
/// past the browsers' preflight) or an encoded body, 400 for a key in the URL.
Result<void> check_request(const http::RequestHead& head, const http::Target& target,
                           const RouteMatch& match);

}  // namespace penstock::server
