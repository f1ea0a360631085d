#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "penstock/headers.h"

namespace penstock::http {

/// What all Connection fields name, as one list: fields of this hop alone, which do not travel
/// (RFC 9110 section 7.6.1). base/text.h asks it: list_has.
std::string connection_options(const Headers& headers);

/// The first content coding that is one, of all Content-Encoding fields; nullopt: the body is as it
/// is. The view lives as long as the headers are not changed.
std::optional<std::string_view> content_coding(const Headers& headers);

}  // namespace penstock::http
