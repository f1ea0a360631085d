#pragma once

#include <string>
#include <string_view>

#include "penstock/secret.h"

namespace penstock::upstream {

/// The body of a provider's error answer, for the client. An OpenAI error object keeps every byte
/// and gains `origin` and `request_id`; anything else (HTML, a bare text, other shapes) becomes
/// such an object with the text as its message, since SDKs cannot read it. Our own key never
/// passes. `body` has json::kPadding readable bytes behind it.
std::string provider_error_body(std::string_view body, std::string_view request_id,
                                const Secret& key);

}  // namespace penstock::upstream
