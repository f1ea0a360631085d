#pragma once

#include <string>
#include <string_view>

namespace penstock {

/// The text with its bytes escaped as %XX (RFC 3986 section 2.1), but for letters, digits and
/// `marks`.
std::string percent_encoded(std::string_view text, std::string_view marks);

}  // namespace penstock
