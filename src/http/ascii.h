#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace penstock::http::internal {

inline constexpr std::string_view kAlphanumeric =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A set of bytes, asked by table lookup.
class ByteSet {
 public:
  constexpr explicit ByteSet(std::string_view bytes, std::string_view more = {}) {
    for (const char c : bytes) has_[static_cast<unsigned char>(c)] = true;
    for (const char c : more) has_[static_cast<unsigned char>(c)] = true;
  }
  constexpr bool has(char c) const noexcept { return has_[static_cast<unsigned char>(c)]; }
  constexpr bool has_all(std::string_view text) const noexcept {
    for (const char c : text) {
      if (!has(c)) return false;
    }
    return true;
  }

 private:
  std::array<bool, 256> has_{};
};

inline constexpr ByteSet kDigits("0123456789");

/// The value of a hexadecimal digit, -1 for any other byte.
constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool is_control(unsigned char byte) noexcept {
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace penstock::http::internal
