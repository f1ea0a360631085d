#pragma once

#include <string>
#include <string_view>

#include "penstock/error.h"
#include "penstock/headers.h"

namespace penstock::server {

/// The OpenAI error object of an error: message, type, param, code, and our origin and request_id.
std::string error_object(const Error& error, std::string_view request_id);

/// Sets what the headers of an error answer say: content-type, retry-after and retry-after-ms where
/// waiting helps, x-should-retry where it does not, allow for 405.
void set_error_headers(const Error& error, Headers& headers);

}  // namespace penstock::server
