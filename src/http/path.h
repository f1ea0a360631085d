#pragma once

#include <string>
#include <string_view>

#include "penstock/result.h"

namespace penstock::http::internal {

/// The one spelling of a path (RFC 3986 section 6.2.2): escapes of unreserved characters are
/// decoded, other escapes are in upper case. `path` starts with a slash. Errors, all
/// kMalformedHttp: bytes that no path may hold, empty and dot segments (`..;a` too), backslashes,
/// an encoded slash outside a model id (behind "/models/"), twice encoded escapes, escapes that are
/// not UTF-8.
Result<std::string> canonical_path(std::string_view path);

}  // namespace penstock::http::internal
