// Characters, and what a backslash makes of them.

#include <algorithm>
#include <array>
#include <charconv>

#include "json/utf8.h"
#include "schema/formats/format_reader.h"
#include "schema/regex_property.h"
#include "schema/regex_translator.h"

namespace penstock::schema {

namespace {

// WhiteSpace and LineTerminator of ECMA-262 12.2 and 12.3, to be put into a class.
constexpr std::string_view kSpace =
    "\\t-\\r "
    "\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}";
constexpr std::string_view kNoSpace =
    "\\x00-\\x08\\x0E-\\x1F!-\\x{9F}\\x{A1}-\\x{167F}\\x{1681}-\\x{1FFF}\\x{200B}-\\x{2027}"
    "\\x{202A}-\\x{202E}\\x{2030}-\\x{205E}\\x{2060}-\\x{2FFF}\\x{3001}-\\x{FEFE}"
    "\\x{FF00}-\\x{10FFFF}";

}  // namespace

// A character or an escape, as a class has them and, but for a few, the outside as well.
Result<RegexTranslator::ClassItem> RegexTranslator::class_item() {
  if (peek() != '\\') return ClassItem{take_character(), {}};
  ++at_;
  const char c = peek();
  ClassItem item;
  switch (c) {
    case 'd':
    case 'D':
    case 'w':
    case 'W':
      item.set = std::string("\\") + c;  // ASCII in RE2 too
      break;
    case 's':
      item.set = kSpace;
      break;
    case 'S':
      item.set = kNoSpace;
      break;
    case 'p':
    case 'P':
      ++at_;
      item.set = TRY(property(c == 'P'));
      return item;
    default:
      item.character = TRY(character_escape());
      return item;
  }
  ++at_;
  return item;
}

Result<std::uint32_t> RegexTranslator::character_escape() {
  if (at_end()) return invalid("a backslash stands at the end");
  const char c = peek();
  constexpr std::string_view kNames = "bfnrtv";
  constexpr std::string_view kControls = "\b\f\n\r\t\v";
  if (const std::size_t place = kNames.find(c); place != std::string_view::npos) {
    ++at_;
    return static_cast<std::uint32_t>(kControls[place]);
  }
  if (c == '0' && !is_digit(peek(1))) {
    ++at_;
    return 0u;
  }
  if (c == 'c' && is_letter(peek(1))) {
    at_ += 2;
    return static_cast<std::uint32_t>(text_[at_ - 1]) % 32;
  }
  if (c == 'x') {
    ++at_;
    const auto code = hex(2);
    if (!code) return invalid("an escape \\x without two digits");
    return *code;
  }
  if (c == 'u') {
    ++at_;
    return unicode_escape();
  }
  if (is_letter(c) || is_digit(c)) return invalid("an unknown escape");
  return take_character();
}

Result<std::uint32_t> RegexTranslator::unicode_escape() {
  if (take("{")) {
    const std::size_t end = text_.find('}', at_);
    const auto code = end == std::string_view::npos ? std::nullopt : hex(end - at_);
    if (!code || *code > 0x10FFFF) return invalid("no code point in \\u{...}");
    ++at_;
    return *code;
  }
  const auto first = hex(4);
  if (!first) return invalid("an escape \\u without four digits");
  const bool high = *first >= 0xD800 && *first < 0xDC00;
  const std::size_t before = at_;
  if (!high || !take("\\u")) return *first;
  const auto second = hex(4);
  if (second && *second >= 0xDC00 && *second < 0xE000) {
    return 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00);
  }
  at_ = before;
  return *first;
}

Result<std::string> RegexTranslator::property(bool negated) {
  const std::size_t end = text_.find('}', at_);
  if (peek() != '{' || end == std::string_view::npos) return invalid("\\p without {...}");
  const std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
  const auto known = re2_property(name);
  if (!known) unsupported("the property `" + std::string(name.substr(0, 32)) + "`");
  at_ = end + 1;
  return (negated ? "\\P{" : "\\p{") + std::string(known.value_or("L")) + "}";
}

std::optional<std::uint32_t> RegexTranslator::hex(std::size_t digits) {
  const std::string_view text = text_.substr(at_, digits);
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || text.size() < digits || end != text.data() + text.size()) {
    return std::nullopt;
  }
  at_ += digits;
  return value;
}

// A count beyond all that fits is as good as any that is too large.
std::optional<unsigned> RegexTranslator::number() {
  unsigned value = 0;
  const char* const first = text_.data() + at_;
  const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
  if (error == std::errc::invalid_argument) return std::nullopt;
  at_ += static_cast<std::size_t>(end - first);
  return error == std::errc() ? value : ~0u;
}

std::uint32_t RegexTranslator::take_character() {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text_[at_ + i]));
  };
  const std::size_t size = std::max<std::size_t>(json::utf8_sequence(text_, at_), 1);
  constexpr std::array<std::uint32_t, 5> kFirstByte = {0, 0x7F, 0x1F, 0x0F, 0x07};
  std::uint32_t code = byte(0) & kFirstByte[size];
  for (std::size_t i = 1; i < size; ++i) code = code << 6 | (byte(i) & 0x3F);
  at_ += size;
  return code;
}

}  // namespace penstock::schema
