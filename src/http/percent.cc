#include "http/percent.h"

#include <string>

#include "http/ascii.h"
#include "http/protocol_error.h"
#include "http/url.h"

namespace penstock::http {

namespace internal {

Result<char> read_escape(std::string_view text, std::size_t at) {
  const auto digits = text.substr(at + 1, 2);
  const int high = digits.size() == 2 ? hex_value(digits[0]) : -1;
  const int low = digits.size() == 2 ? hex_value(digits[1]) : -1;
  if (high < 0 || low < 0) return malformed("a percent sign is not followed by two digits");
  const auto byte = static_cast<unsigned char>(high * 16 + low);
  if (is_control(byte)) return malformed("a control byte is percent-encoded");
  return static_cast<char>(byte);
}

bool is_utf8(std::string_view text) noexcept {
  // The ranges of the second byte are those of the Unicode standard, table 3-7.
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80) continue;
    if (lead < 0xc2 || lead > 0xf4) return false;
    const std::size_t more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (text.size() - at < more) return false;
    const unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    const auto second = static_cast<unsigned char>(text[at]);
    if (second < low || second > high) return false;
    for (std::size_t i = 1; i < more; ++i) {
      if ((static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) return false;
    }
    at += more;
  }
  return true;
}

}  // namespace internal

Result<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded.push_back(text[at]);
      continue;
    }
    decoded.push_back(TRY(internal::read_escape(text, at)));
    at += 2;
  }
  return decoded;
}

}  // namespace penstock::http
