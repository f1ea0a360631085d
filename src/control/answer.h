#pragma once

#include <string>

#include "penstock/error.h"
#include "penstock/headers.h"

namespace penstock::control {

/// What every answer says: nobody may keep it, and its type is what it says.
const Headers& common_headers();

/// The OpenAI error object with `origin`, as the client port answers it. `request_id` is null: the
/// control plane's requests are in no log.
std::string error_object(const Error& error);

/// A whole answer to a request that was refused before its handler was asked: status line, headers
/// (allow with 405, www-authenticate with 401), and the error object unless the method is HEAD.
std::string error_answer(const Error& error, std::string_view method);

}  // namespace penstock::control
