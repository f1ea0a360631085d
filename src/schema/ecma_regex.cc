#include "schema/ecma_regex.h"

#include <algorithm>

#include "json/utf8.h"
#include "schema/formats/format_reader.h"
#include "schema/regex_translator.h"

namespace penstock::schema {

namespace {

constexpr std::string_view kNothing = "[^\\x00-\\x{10FFFF}]";
constexpr std::string_view kAnything = "[\\x00-\\x{10FFFF}]";
// All but the line terminators of ECMA-262 12.3.
constexpr std::string_view kDot = "[^\\n\\r\\x{2028}\\x{2029}]";
constexpr unsigned kMaxRepetitions = 1000;  // of RE2

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

}  // namespace

Result<EcmaRegex> RegexTranslator::run() {
  while (!at_end()) TRY_VOID(term());
  if (depth_ > 0) return invalid("a group is not closed");
  return std::move(regex_);
}

Result<void> RegexTranslator::term() {
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

Result<void> RegexTranslator::open_group() {
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

Result<void> RegexTranslator::close_group() {
  if (depth_ == 0) return invalid("a group is closed that is not open");
  ++at_;
  --depth_;
  atom(")");
  return {};
}

Result<void> RegexTranslator::quantify(std::string_view quantifier) {
  if (!repeatable_) return invalid("nothing to repeat");
  regex_.re2 += quantifier;
  take("?");
  repeatable_ = false;
  return {};
}

Result<void> RegexTranslator::brace() {
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

Result<void> RegexTranslator::escape() {
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

Result<void> RegexTranslator::character_class() {
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

Result<EcmaRegex> translate_regex(std::string_view expression) {
  return RegexTranslator(expression).run();
}

}  // namespace penstock::schema
