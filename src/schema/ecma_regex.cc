#include "schema/ecma_regex.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "json/utf8.h"
#include "schema/regex_property.h"

namespace penstock::schema {

namespace {

constexpr std::string_view kNothing = "[^\\x00-\\x{10FFFF}]";
constexpr std::string_view kAnything = "[\\x00-\\x{10FFFF}]";
// All but the line terminators of ECMA-262 12.3.
constexpr std::string_view kDot = "[^\\n\\r\\x{2028}\\x{2029}]";
// WhiteSpace and LineTerminator of ECMA-262 12.2 and 12.3, to be put into a class.
constexpr std::string_view kSpace =
    "\\t-\\r "
    "\\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}";
constexpr std::string_view kNoSpace =
    "\\x00-\\x08\\x0E-\\x1F!-\\x{9F}\\x{A1}-\\x{167F}\\x{1681}-\\x{1FFF}\\x{200B}-\\x{2027}"
    "\\x{202A}-\\x{202E}\\x{2030}-\\x{205E}\\x{2060}-\\x{2FFF}\\x{3001}-\\x{FEFE}"
    "\\x{FF00}-\\x{10FFFF}";
constexpr unsigned kMaxRepetitions = 1000;  // of RE2

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_surrogate(std::uint32_t code) {
  return code >= 0xD800 && code < 0xE000;
}

// A code point, for the outside of a class as well as for its inside.
void append_character(std::string& out, std::uint32_t code) {
  if (code >= 0x80) return json::append_utf8(out, code);
  const char c = static_cast<char>(code);
  if (is_digit(c) || is_letter(c)) {
    out += c;
    return;
  }
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  out.append("\\x").append(1, kDigits[code / 16]).append(1, kDigits[code % 16]);
}

class Translator {
 public:
  explicit Translator(std::string_view text) : text_(text) {}
  Result<EcmaRegex> run();

 private:
  /// A part of a class: a character or a set of them.
  struct ClassItem {
    std::uint32_t character = 0;
    std::string set;  // in the syntax of RE2; empty: it is the character
  };

  Result<void> term();
  Result<void> open_group();
  Result<void> close_group();
  Result<void> quantify(std::string_view quantifier);
  Result<void> brace();
  Result<void> escape();
  Result<void> character_class();
  Result<ClassItem> class_item();
  Result<std::uint32_t> character_escape();
  Result<std::uint32_t> unicode_escape();
  Result<std::string> property(bool negated);
  std::optional<std::uint32_t> hex(std::size_t digits);
  std::optional<unsigned> number();
  std::uint32_t take_character();

  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool at_end() const { return at_ >= text_.size(); }
  bool take(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }
  /// Of something that may be repeated.
  void atom(std::string_view re2) {
    regex_.re2 += re2;
    repeatable_ = true;
  }
  void unsupported(std::string_view what) {
    if (!regex_.unsupported.empty()) return;
    regex_.unsupported = std::string(what) + " at character " + std::to_string(at_);
  }
  Error invalid(std::string_view what) const {
    return internal_error(std::string(what) + " at character " + std::to_string(at_));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool repeatable_ = false;
  EcmaRegex regex_;
};

Result<EcmaRegex> Translator::run() {
  while (!at_end()) TRY_VOID(term());
  if (depth_ > 0) return invalid("a group is not closed");
  return std::move(regex_);
}

Result<void> Translator::term() {
  const char c = peek();
  switch (c) {
    case '(':
      return open_group();
    case ')':
      return close_group();
    case '[':
      return character_class();
    case '\\':
      return escape();
    case '{':
      return brace();
    case '*':
    case '+':
    case '?':
      ++at_;
      return quantify({&c, 1});
    case '|':
    case '^':
    case '$':
      ++at_;
      regex_.re2 += c == '|' ? "|" : c == '^' ? "\\A" : "\\z";
      repeatable_ = false;
      return {};
    case '.':
      ++at_;
      atom(kDot);
      return {};
    default:
      append_character(regex_.re2, take_character());
      repeatable_ = true;
      return {};
  }
}

Result<void> Translator::open_group() {
  ++at_;
  if (take("?")) {
    if (peek() == '=' || peek() == '!') {
      unsupported("a look-ahead");
      ++at_;
    } else if (peek() == '<' && (peek(1) == '=' || peek(1) == '!')) {
      unsupported("a look-behind");
      at_ += 2;
    } else if (take("<")) {
      const std::size_t end = text_.find('>', at_);
      if (end == std::string_view::npos || end == at_ || is_digit(peek())) {
        return invalid("a group has no name");
      }
      at_ = end + 1;
    } else if (!take(":")) {
      return invalid("a group starts with an unknown `?`");
    }
  }
  regex_.re2 += "(?:";
  ++depth_;
  repeatable_ = false;
  return {};
}

Result<void> Translator::close_group() {
  if (depth_ == 0) return invalid("a group is closed that is not open");
  ++at_;
  --depth_;
  atom(")");
  return {};
}

Result<void> Translator::quantify(std::string_view quantifier) {
  if (!repeatable_) return invalid("nothing to repeat");
  regex_.re2 += quantifier;
  take("?");
  repeatable_ = false;
  return {};
}

Result<void> Translator::brace() {
  const std::size_t start = at_++;
  const auto least = number();
  std::optional<unsigned> most = least;
  if (take(",")) most = peek() == '}' ? std::nullopt : number();
  if (!least || !take("}")) {
    at_ = start + 1;
    atom("\\x7B");
    return {};
  }
  if (most && *most < *least) return invalid("a quantifier is upside down");
  if (*least > kMaxRepetitions || most.value_or(0) > kMaxRepetitions) {
    unsupported("more than 1000 repetitions");
  }
  return quantify(text_.substr(start, at_ - start));
}

Result<void> Translator::escape() {
  const char c = peek(1);
  if (c == 'b' || c == 'B') {
    regex_.re2.append("\\").append(1, c);
    at_ += 2;
    repeatable_ = false;
    return {};
  }
  if ((c >= '1' && c <= '9') || c == 'k') {
    unsupported("a back reference");
    at_ += 2;
    if (c == 'k') at_ = std::min(text_.find('>', at_), text_.size() - 1) + 1;
    while (c != 'k' && is_digit(peek())) ++at_;
    repeatable_ = true;
    return {};
  }
  ClassItem item = TRY(class_item());
  if (!item.set.empty()) {
    atom("[" + item.set + "]");
  } else if (is_surrogate(item.character)) {
    atom(kNothing);  // no text of Unicode has half a pair
  } else {
    append_character(regex_.re2, item.character);
    repeatable_ = true;
  }
  return {};
}

Result<void> Translator::character_class() {
  ++at_;
  const bool negated = take("^");
  std::string members;
  while (!take("]")) {
    if (at_end()) return invalid("a class is not closed");
    const ClassItem first = TRY(class_item());
    if (!first.set.empty()) {
      members += first.set;
      continue;
    }
    ClassItem last = first;
    const bool range = peek() == '-' && peek(1) != ']' && at_ + 1 < text_.size();
    if (range) {
      ++at_;
      last = TRY(class_item());
      if (!last.set.empty()) return invalid("a range ends with a set");
      if (last.character < first.character) return invalid("a range is upside down");
    }
    // Halves of pairs occur in no text; a range over them only has its ends moved.
    const std::uint32_t from = is_surrogate(first.character) ? 0xE000 : first.character;
    const std::uint32_t to = is_surrogate(last.character) ? 0xD7FF : last.character;
    if (from > to) continue;
    append_character(members, from);
    if (from < to) append_character(members += '-', to);
  }
  if (members.empty()) {
    atom(negated ? kAnything : kNothing);
  } else {
    atom((negated ? "[^" : "[") + members + "]");
  }
  return {};
}

// A character or an escape, as a class has them and, but for a few, the outside as well.
Result<Translator::ClassItem> Translator::class_item() {
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

Result<std::uint32_t> Translator::character_escape() {
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

Result<std::uint32_t> Translator::unicode_escape() {
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

Result<std::string> Translator::property(bool negated) {
  const std::size_t end = text_.find('}', at_);
  if (peek() != '{' || end == std::string_view::npos) return invalid("\\p without {...}");
  const std::string_view name = text_.substr(at_ + 1, end - at_ - 1);
  const auto known = re2_property(name);
  if (!known) unsupported("the property `" + std::string(name.substr(0, 32)) + "`");
  at_ = end + 1;
  return (negated ? "\\P{" : "\\p{") + std::string(known.value_or("L")) + "}";
}

std::optional<std::uint32_t> Translator::hex(std::size_t digits) {
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
std::optional<unsigned> Translator::number() {
  unsigned value = 0;
  const char* const first = text_.data() + at_;
  const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
  if (error == std::errc::invalid_argument) return std::nullopt;
  at_ += static_cast<std::size_t>(end - first);
  return error == std::errc() ? value : ~0u;
}

std::uint32_t Translator::take_character() {
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

}  // namespace

Result<EcmaRegex> translate_regex(std::string_view expression) {
  return Translator(expression).run();
}

}  // namespace penstock::schema
