#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::tokens {

/// What a code point is where texts are split (Unicode 16.0.0): one bit each, so that a set of
/// classes is tested at once.
enum CharClass : std::uint8_t {
  kEnd = 0,              // no code point: the text ends here
  kLower = 1 << 0,       // general category Ll
  kUpper = 1 << 1,       // Lu, Lt
  kCaseless = 1 << 2,    // Lm, Lo
  kMark = 1 << 3,        // Mn, Mc, Me
  kNumber = 1 << 4,      // Nd, Nl, No
  kSpace = 1 << 5,       // the property White_Space
  kPunctuation = 1 << 6  // everything else; each byte that is no part of valid UTF-8 as well
};
inline constexpr unsigned kLetter = kLower | kUpper | kCaseless;

struct Char {
  CharClass kind;
  std::uint8_t size;  // in bytes

  bool is(unsigned classes) const noexcept { return (kind & classes) != 0; }
};

/// Any code point; beyond U+10FFFF nothing is asked for.
CharClass class_of(char32_t code_point) noexcept;

namespace internal {

constexpr CharClass class_of_ascii(unsigned char c) noexcept {
  if (c >= 'a' && c <= 'z') return kLower;
  if (c >= 'A' && c <= 'Z') return kUpper;
  if (c >= '0' && c <= '9') return kNumber;
  return c == ' ' || (c >= '\t' && c <= '\r') ? kSpace : kPunctuation;
}

constexpr std::array<CharClass, 128> ascii_classes() noexcept {
  std::array<CharClass, 128> classes{};
  for (unsigned c = 0; c < classes.size(); ++c) {
    classes[c] = class_of_ascii(static_cast<unsigned char>(c));
  }
  return classes;
}
inline constexpr std::array<CharClass, 128> kAscii = ascii_classes();

/// `at` is inside of the text and holds no ASCII.
Char wide_char_at(std::string_view text, std::size_t at) noexcept;

}  // namespace internal

/// The character that begins at a byte of the text; kEnd, of size 0, at its end.
inline Char char_at(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) return {kEnd, 0};
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte < 0x80) return {internal::kAscii[byte], 1};
  return internal::wide_char_at(text, at);
}

}  // namespace penstock::tokens
