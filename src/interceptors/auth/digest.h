#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::auth {

/// A SHA-256 digest (FIPS 180-4).
using Digest = std::array<std::uint8_t, 32>;

/// The digest of `text`. Does not suspend, thread-safe. Throws std::bad_alloc.
Digest sha256(std::string_view text);
/// 64 lower-case hexadecimal digits.
std::string to_hex(const Digest& digest);
/// The digest written as 64 hexadecimal digits of either case; nullopt: it is something else.
std::optional<Digest> parse_hex(std::string_view text);

}  // namespace penstock::auth
