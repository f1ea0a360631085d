#include "http/path.h"

#include <algorithm>

#include "http/ascii.h"
#include "http/percent.h"
#include "http/protocol_error.h"
#include "http/url.h"

namespace penstock::http::internal {

namespace {

constexpr std::string_view kEncodedSlash = "%2F";
constexpr std::string_view kModelIds = "/models/";
constexpr ByteSet kUnreserved(kAlphanumeric, "-._~");
constexpr ByteSet kPathBytes(kAlphanumeric, "-._~!$&'()*+,;=:@/");

/// Whether what an escaped percent sign stands for would be read as an escape in its turn.
bool is_encoded_twice(std::string_view path) noexcept {
  constexpr std::string_view kEncodedPercent = "%25";
  for (std::size_t at = path.find(kEncodedPercent); at < path.size();
       at = path.find(kEncodedPercent, at + 1)) {
    const auto digits = path.substr(at + kEncodedPercent.size(), 2);
    if (digits.size() == 2 && hex_value(digits[0]) >= 0 && hex_value(digits[1]) >= 0) return true;
  }
  return false;
}

/// Appends a byte that was escaped, in its one spelling.
Result<void> append_escaped(std::string& out, char byte) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  if (kUnreserved.has(byte)) {
    out.push_back(byte);
    return {};
  }
  if (byte == '\\') return malformed("the path holds an encoded backslash");
  if (byte == '/' && out.find(kModelIds) == std::string::npos) {
    return malformed("the path holds an encoded slash");
  }
  const auto code = static_cast<unsigned char>(byte);
  out.push_back('%');
  out.push_back(kHex[code >> 4]);
  out.push_back(kHex[code & 15]);
  return {};
}

/// What a reader sees of a segment that knows parameters (RFC 3986 section 3.3): to it `..;a` is
/// `..`.
std::string_view without_parameters(std::string_view segment) noexcept {
  return segment.substr(0, std::min(segment.find(';'), segment.find("%3B")));
}

/// No reader that decodes or normalises may end up elsewhere, so encoded slashes count here too.
Result<void> check_segments(std::string_view path) {
  path.remove_prefix(1);
  while (true) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::size_t encoded = std::min(path.find(kEncodedSlash), path.size());
    const auto segment = path.substr(0, std::min(slash, encoded));
    if (segment.empty()) return malformed("the path has an empty segment");
    const auto name = without_parameters(segment);
    if (name == "." || name == "..") return malformed("the path has a dot segment");
    if (segment.size() == path.size()) return {};
    path.remove_prefix(segment.size() + (slash < encoded ? 1 : kEncodedSlash.size()));
  }
}

}  // namespace

Result<std::string> canonical_path(std::string_view path) {
  if (kPathBytes.has_all(path)) {  // without an escape there is nothing to respell
    if (path != "/") TRY_VOID(check_segments(path));
    return std::string(path);
  }
  std::string out;
  out.reserve(path.size());
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (path[at] == '%') {
      const char byte = TRY(read_escape(path, at));
      TRY_VOID(append_escaped(out, byte));
      at += 2;
    } else {
      if (!kPathBytes.has(path[at])) return malformed("the path holds a byte not allowed there");
      out.push_back(path[at]);
    }
  }
  // Of the result: digits that were escaped themselves count as well.
  if (is_encoded_twice(out)) return malformed("the path is encoded twice");
  if (out != "/") TRY_VOID(check_segments(out));
  if (out.find('%') != std::string::npos && !is_utf8(TRY(percent_decode(out)))) {
    return malformed("the path is not UTF-8");
  }
  return out;
}

}  // namespace penstock::http::internal
