#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace penstock::http::internal {

/// The parts of `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
struct Authority {
  std::string_view host;  // without brackets
  bool bracketed = false;
  std::optional<std::string_view> port;  // as written, not yet checked
};

/// Splits at the port; nullopt: brackets without partner, or more than one colon outside of them.
std::optional<Authority> split_authority(std::string_view text) noexcept;

/// A host that we accept: a name of letters, digits, `-`, `.` and `_`, an IPv4 address, or in
/// brackets an IPv6 address without a zone. Narrower than RFC 3986, which allows escapes and
/// commas.
bool is_valid_host_name(const Authority& authority) noexcept;

/// A decimal number up to 65535.
std::optional<std::uint16_t> parse_port(std::string_view text) noexcept;

}  // namespace penstock::http::internal
