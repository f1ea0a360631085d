// RFC 3986 and, where letters beyond ASCII are allowed, RFC 3987.

#include "schema/uri.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "json/utf8.h"
#include "schema/formats/format_reader.h"
#include "schema/formats/formats.h"

namespace penstock::schema {

namespace {

enum class Letters { kAscii, kUnicode };

constexpr std::string_view kSubDelimiters = "!$&'()*+,;=";

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

bool among(std::string_view letters, char c) {
  return letters.find(c) != std::string_view::npos;
}

// ucschar of RFC 3987 section 2.2; of planes 1 to 14, all but the last two of each.
bool is_ucschar(std::uint32_t code) {
  constexpr auto kBasic =
      std::to_array<Range>({{0xA0, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFEF}});
  if (code >= 0x10000) {
    const std::uint32_t plane = code >> 16;
    const bool tags = plane == 14 && code < 0xE1000;
    return plane <= 14 && !tags && (code & 0xFFFF) <= 0xFFFD;
  }
  return std::any_of(kBasic.begin(), kBasic.end(), [code](const Range& range) {
    return code >= range.first && code <= range.last;
  });
}

bool is_iprivate(std::uint32_t code) {
  return (code >= 0xE000 && code <= 0xF8FF) || (code >= 0xF0000 && (code & 0xFFFF) <= 0xFFFD);
}

std::uint32_t decoded(std::string_view sequence) {
  constexpr std::array<std::uint32_t, 5> kFirst = {0, 0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t code = static_cast<unsigned char>(sequence.front()) & kFirst[sequence.size()];
  for (const char c : sequence.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3F);
  return code;
}

bool is_unreserved(char c) {
  return is_letter(c) || is_digit(c) || among("-._~", c);
}

/// A text of unreserved letters, sub-delims, percent-encoded bytes and those of `more`.
struct Part {
  Letters letters;
  std::string_view more;
  bool is_private = false;  // also what has private use, as in queries

  bool holds(std::string_view text) const {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = size_at(text, at);
      if (size == 0) return false;
      at += size;
    }
    return true;
  }

 private:
  std::size_t size_at(std::string_view text, std::size_t at) const {
    const char c = text[at];
    if (c == '%') {
      const std::string_view digits = text.substr(at + 1, 2);
      const bool valid = digits.size() == 2 && is_hex_digit(digits[0]) && is_hex_digit(digits[1]);
      return valid ? 3 : 0;
    }
    if (is_unreserved(c) || among(kSubDelimiters, c) || among(more, c)) return 1;
    if (letters == Letters::kAscii || static_cast<unsigned char>(c) < 0x80) return 0;
    const std::size_t size = json::utf8_sequence(text, at);
    if (size == 0) return 0;
    const std::uint32_t code = decoded(text.substr(at, size));
    return is_ucschar(code) || (is_private && is_iprivate(code)) ? size : 0;
  }
};

// IPvFuture, section 3.2.2.
bool is_future_address(std::string_view text) {
  if (!text.starts_with('v') && !text.starts_with('V')) return false;
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || point < 2 || point + 1 == text.size()) return false;
  const std::string_view version = text.substr(1, point - 1);
  const auto plain = [](char c) {
    return is_unreserved(c) || among(kSubDelimiters, c) || c == ':';
  };
  return std::all_of(version.begin(), version.end(), is_hex_digit) &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(point) + 1, text.end(), plain);
}

bool is_host(std::string_view host, Letters letters) {
  if (!host.starts_with('[')) return Part{letters, ""}.holds(host);
  if (!host.ends_with(']')) return false;
  const std::string_view address = host.substr(1, host.size() - 2);
  return is_ipv6(address) || is_future_address(address);
}

bool is_authority(std::string_view authority, Letters letters) {
  const std::size_t at = authority.find('@');
  if (at != std::string_view::npos) {
    if (!Part{letters, ":"}.holds(authority.substr(0, at))) return false;
    authority.remove_prefix(at + 1);
  }
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const std::string_view port = authority.substr(colon + 1);
    if (!std::all_of(port.begin(), port.end(), is_digit)) return false;
    authority = authority.substr(0, colon);
  }
  return is_host(authority, letters);
}

bool is_scheme(std::string_view scheme) {
  const auto allowed = [](char c) { return is_letter(c) || is_digit(c) || among("+-.", c); };
  return !scheme.empty() && is_letter(scheme.front()) &&
         std::all_of(scheme.begin(), scheme.end(), allowed);
}

bool is_reference(std::string_view text, Letters letters, bool absolute) {
  const UriParts parts = split_uri(text);
  if (parts.scheme ? !is_scheme(*parts.scheme) : absolute) return false;
  // path-noscheme: a colon in the first segment would end a scheme.
  const std::string_view first = parts.path.substr(0, parts.path.find('/'));
  if (!parts.scheme && !parts.authority && among(first, ':')) return false;
  if (parts.authority && !is_authority(*parts.authority, letters)) return false;
  const Part fragment{letters, ":@/?"};
  const Part query{letters, ":@/?", true};
  return Part{letters, ":@/"}.holds(parts.path) && query.holds(parts.query.value_or("")) &&
         fragment.holds(parts.fragment.value_or(""));
}

}  // namespace

bool is_uri(std::string_view text) {
  return is_reference(text, Letters::kAscii, true);
}
bool is_uri_reference(std::string_view text) {
  return is_reference(text, Letters::kAscii, false);
}
bool is_iri(std::string_view text) {
  return is_reference(text, Letters::kUnicode, true);
}
bool is_iri_reference(std::string_view text) {
  return is_reference(text, Letters::kUnicode, false);
}

}  // namespace penstock::schema
