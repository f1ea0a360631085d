#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace penstock {

/// Without the spaces and tabs at both ends, the white space of fields (RFC 9110 section 5.6.3).
constexpr std::string_view trim(std::string_view text) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}
/// True when a comma-separated list of tokens, such as the value of Connection, has that one; any
/// case (RFC 9110 section 5.6.1).
bool list_has(std::string_view list, std::string_view token) noexcept;
/// "application/json" of "application/json; charset=utf-8".
std::string_view media_type(std::string_view content_type) noexcept;

/// All pieces as one text.
std::string concat(std::initializer_list<std::string_view> pieces);

}  // namespace penstock
