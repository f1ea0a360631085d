#include "interceptors/auth/certificate.h"

#include <algorithm>
#include <charconv>

#include "penstock/headers.h"

namespace penstock::auth {
namespace {

constexpr std::size_t kMaxNameBytes = 64;

/// Takes the byte behind a backslash off `text`: two hexadecimal digits, or itself.
char take_escaped(std::string_view& text) {
  unsigned char byte = 0;
  const char* const end = text.data() + std::min<std::size_t>(text.size(), 2);
  const bool is_hex = text.size() >= 2 && std::from_chars(text.data(), end, byte, 16).ptr == end;
  const char taken = is_hex ? static_cast<char>(byte) : text.front();
  text.remove_prefix(is_hex ? 2 : 1);
  return taken;
}

/// Takes a value off `text`, with the comma or plus behind it.
std::string take_value(std::string_view& text) {
  std::string value;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == ',' || c == '+') break;
    value += c == '\\' && !text.empty() ? take_escaped(text) : c;
  }
  return value;
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}

}  // namespace

std::optional<std::string> common_name(std::string_view subject) {
  while (!subject.empty()) {
    const std::size_t equals = subject.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const bool is_name = equals_ignoring_case(subject.substr(0, equals), "CN");
    subject.remove_prefix(equals + 1);
    std::string value = take_value(subject);
    if (is_name) return value;
  }
  return std::nullopt;
}

Principal certificate_principal(const std::string& subject) {
  std::string name = common_name(subject).value_or("");
  if (name.empty() || name.size() > kMaxNameBytes || !is_printable(name)) name = "certificate";
  return {std::move(name), "certificate:" + subject};
}

}  // namespace penstock::auth
