#include <string>

#include "json/document.h"
#include "json/utf8.h"

namespace penstock::json {

namespace {

void append_escape(std::string& out, unsigned char byte) {
  constexpr char kHex[] = "0123456789abcdef";
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xF];
  }
}

bool is_plain(unsigned char byte) noexcept {
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out.reserve(out.size() + text.size() + 2);
  out.push_back('"');
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = at;
    while (at < text.size() && is_plain(static_cast<unsigned char>(text[at]))) ++at;
    out.append(text, start, at - start);
    if (at == text.size()) break;

    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      append_escape(out, byte);
      ++at;
    } else if (const std::size_t size = utf8_sequence(text, at); size > 0) {
      out.append(text, at, size);
      at += size;
    } else {
      out += "\xEF\xBF\xBD";
      ++at;
    }
  }
  out.push_back('"');
}

}  // namespace penstock::json
