#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace penstock::json {

/// The size of the well-formed UTF-8 sequence that stands at `at` (1 to 4 bytes; RFC 3629, no
/// surrogates, nothing overlong), 0 when there is none.
std::size_t utf8_sequence(std::string_view text, std::size_t at) noexcept;

/// Appends a code point that is no surrogate and at most U+10FFFF.
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace penstock::json
