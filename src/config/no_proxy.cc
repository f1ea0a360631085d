#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <sys/socket.h>

#include "penstock/headers.h"

#include "config/proxy.h"
#include "http/authority.h"

namespace penstock::config {

namespace {

/// An IPv4 or IPv6 address as its bytes.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t size = 0;  // 4 or 16
};

std::optional<IpAddress> parse_address(std::string_view text) {
  const std::string terminated(text);
  IpAddress address;
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) {
    address.size = 4;
  } else if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) {
    address.size = 16;
  } else {
    return std::nullopt;
  }
  return address;
}

/// Whether the first `bits` of both are the same.
bool share_prefix(const IpAddress& a, const IpAddress& b, std::size_t bits) {
  if (a.size != b.size || bits > 8 * a.size) return false;
  const std::size_t whole = bits / 8;
  if (std::memcmp(a.bytes.data(), b.bytes.data(), whole) != 0) return false;
  if (bits % 8 == 0) return true;
  const unsigned mask = 0xffu << (8 - bits % 8) & 0xffu;
  return ((a.bytes[whole] ^ b.bytes[whole]) & mask) == 0;
}

bool block_covers(std::string_view base, std::string_view prefix, const IpAddress& address) {
  const auto first = parse_address(base);
  const auto bits = http::internal::parse_port(prefix);  // a small decimal number as well
  return first && bits && share_prefix(*first, address, *bits);
}

/// "example.com", ".example.com" and "*.example.com" say the same.
bool name_covers(std::string_view name, std::string_view host) {
  if (name.starts_with("*.")) name.remove_prefix(1);
  if (name.starts_with('.')) name.remove_prefix(1);
  if (name.empty() || host.size() < name.size()) return false;
  const std::size_t start = host.size() - name.size();
  return equals_ignoring_case(host.substr(start), name) && (start == 0 || host[start - 1] == '.');
}

bool entry_covers(std::string_view entry, std::string_view host, std::uint16_t port) {
  if (entry == "*") return true;
  const auto address = parse_address(host);
  const std::size_t slash = entry.find('/');
  if (slash != std::string_view::npos) {
    return address && block_covers(entry.substr(0, slash), entry.substr(slash + 1), *address);
  }
  std::string_view name = entry;  // an IPv6 address may stand without brackets
  if (!parse_address(entry)) {
    const auto parts = http::internal::split_authority(entry);
    if (!parts || (parts->port && http::internal::parse_port(*parts->port) != port)) return false;
    name = parts->host;
  }
  if (!address) return name_covers(name, host);
  const auto named = parse_address(name);
  return named && share_prefix(*named, *address, 8 * address->size);
}

}  // namespace

bool is_covered(std::string_view no_proxy, std::string_view host, std::uint16_t port) {
  while (!no_proxy.empty()) {
    const std::size_t comma = std::min(no_proxy.find(','), no_proxy.size());
    std::string_view entry = no_proxy.substr(0, comma);
    no_proxy.remove_prefix(std::min(comma + 1, no_proxy.size()));
    while (entry.starts_with(' ')) entry.remove_prefix(1);
    while (entry.ends_with(' ')) entry.remove_suffix(1);
    if (!entry.empty() && entry_covers(entry, host, port)) return true;
  }
  return false;
}

}  // namespace penstock::config
