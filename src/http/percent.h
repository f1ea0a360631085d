#pragma once

#include <cstddef>
#include <string_view>

#include "penstock/result.h"

namespace penstock::http::internal {

/// The byte of the escape `%XX` at `at`. Error: kMalformedHttp, two hexadecimal digits are missing
/// or it means a control byte.
Result<char> read_escape(std::string_view text, std::size_t at);

/// True for well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view text) noexcept;

}  // namespace penstock::http::internal
