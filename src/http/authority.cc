#include "http/authority.h"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstring>

#include "penstock/headers.h"

#include "http/ascii.h"
#include "http/url.h"

namespace penstock::http {

namespace {

using internal::Authority;

constexpr std::size_t kMaxNameBytes = 253;  // RFC 1035 section 2.3.4, without the root's dot
constexpr internal::ByteSet kNameBytes(internal::kAlphanumeric, "-._");

/// Reads an address into `address` as inet_pton does, which takes a NUL for the end of the text.
template <class Address>
bool parse_address(int family, std::string_view text, Address& address) noexcept {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return false;
  std::memcpy(terminated.data(), text.data(), text.size());
  return inet_pton(family, terminated.data(), &address) == 1;
}

bool is_ipv6(std::string_view text) noexcept {
  in6_addr address{};
  return parse_address(AF_INET6, text, address);
}

bool is_loopback_address(std::string_view text) noexcept {
  in_addr four{};
  if (text.starts_with("127.")) return parse_address(AF_INET, text, four);
  in6_addr six{};
  return parse_address(AF_INET6, text, six) && IN6_IS_ADDR_LOOPBACK(&six);
}

}  // namespace

namespace internal {

std::optional<Authority> split_authority(std::string_view text) noexcept {
  Authority authority;
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return std::nullopt;
    authority.host = text.substr(1, bracket - 1);
    authority.bracketed = true;
    text.remove_prefix(bracket + 1);
  } else {
    authority.host = text.substr(0, text.find(':'));
    text.remove_prefix(authority.host.size());
  }
  if (text.empty()) return authority;
  if (text[0] != ':' || text.find(':', 1) != std::string_view::npos) return std::nullopt;
  authority.port = text.substr(1);
  return authority;
}

bool is_valid_host_name(const Authority& authority) noexcept {
  const auto host = authority.host;
  if (authority.bracketed) return is_ipv6(host);
  char before = '.';  // no label is empty, but for the root's at the end
  for (const char c : host) {
    if (!kNameBytes.has(c) || (c == '.' && before == '.')) return false;
    before = c;
  }
  return !host.empty() && host.size() <= kMaxNameBytes;
}

std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return port;
}

}  // namespace internal

bool is_valid_host(std::string_view host) noexcept {
  const auto authority = internal::split_authority(host);
  if (!authority || !internal::is_valid_host_name(*authority)) return false;
  return !authority->port || internal::parse_port(*authority->port).has_value();
}

bool is_loopback_host(std::string_view host) noexcept {
  const auto authority = internal::split_authority(host);
  if (authority && authority->host == "127.0.0.1" && !authority->bracketed) {  // the usual one
    return !authority->port || internal::parse_port(*authority->port);
  }
  if (is_valid_host(host)) host = authority->host;
  // Else it may be an IPv6 address without brackets.
  return equals_ignoring_case(host, "localhost") || is_loopback_address(host);
}

}  // namespace penstock::http
