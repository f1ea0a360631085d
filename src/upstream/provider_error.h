#pragma once

#include <string>
#include <string_view>

#include "config/config.h"

namespace penstock::upstream {

/// The body of a provider's error answer, for the client. An OpenAI error object keeps every byte
/// and gains `origin` and `request_id`; anything else (HTML, a bare text, other shapes) becomes
/// such an object with the text as its message, since SDKs cannot read it. What is ours alone never
/// passes, see redact().
std::string provider_error_body(std::string_view body, std::string_view request_id,
                                const config::UpstreamOptions& upstream);

}  // namespace penstock::upstream
