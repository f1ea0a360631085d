#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace penstock::json {

/// Steps over JSON text without building anything. Safe on any bytes: a text that ends too early
/// gives its end. All positions are offsets into `text`.

inline bool is_space(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// The first byte at or after `at` that is no white space.
inline std::size_t skip_space(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_space(text[at])) ++at;
  return at < text.size() ? at : text.size();
}

/// The position behind the closing quote of the string that opens at `at`. A closing quote is one
/// after an even number of backslashes; each run of backslashes is counted once, so the time is
/// linear.
inline std::size_t skip_string(std::string_view text, std::size_t at) noexcept {
  std::size_t from = at + 1;
  while (from < text.size()) {
    const void* quote = std::memchr(text.data() + from, '"', text.size() - from);
    if (quote == nullptr) break;
    const auto found = static_cast<std::size_t>(static_cast<const char*>(quote) - text.data());
    std::size_t backslashes = 0;
    while (found - backslashes > from && text[found - backslashes - 1] == '\\') ++backslashes;
    from = found + 1;
    if (backslashes % 2 == 0) return from;
  }
  return text.size();
}

/// The position behind the value that starts at `at`.
inline std::size_t skip_value(std::string_view text, std::size_t at) noexcept {
  if (at < text.size() && text[at] == '"') return skip_string(text, at);
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
      continue;
    }
    const bool closes = c == '}' || c == ']';
    if (depth == 0 && (closes || c == ',' || is_space(c))) return at;
    ++at;
    if (c == '{' || c == '[') ++depth;
    if (closes && --depth == 0) return at;
  }
  return at;
}

}  // namespace penstock::json
