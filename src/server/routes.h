#pragma once

#include <string>
#include <string_view>

#include "penstock/exchange.h"
#include "penstock/result.h"

#include "http/url.h"

namespace penstock::server {

/// Where a request goes.
struct RouteMatch {
  enum class Kind {
    kApi,    // through the chain
    kLive,   // GET /livez
    kReady,  // GET /readyz
  };
  Kind kind = Kind::kApi;
  Route route = Route::kChatCompletions;
  std::string path;         // below the API's base: "/chat/completions"
  bool wants_json = false;  // the body must be application/json
};

/// Matches a canonical path under /v1, /api/v1 and /openai/v1. Errors: kNotFound, and
/// kMethodNotAllowed with the methods that are allowed in `detail` ("GET, HEAD").
Result<RouteMatch> match_route(std::string_view method, const http::Target& target);

}  // namespace penstock::server
