// A regular expression engine that is as simple as it gets, for the patterns of tiktoken.

#include <functional>
#include <limits>
#include <stdexcept>
#include <utility>

#include "tokens/reference.h"
#include "tokens/unicode.h"

namespace penstock::tokens::testing {
namespace {

struct Item;
using Sequence = std::vector<Item>;
using Set = std::function<bool(char32_t)>;

struct Item {
  enum class Kind { kSet, kGroup, kNotAhead, kEndOfText };
  Kind kind = Kind::kSet;
  Set set{};                      // kSet, kNotAhead
  std::vector<Sequence> group{};  // alternatives
  std::size_t least = 1;
  std::size_t most = 1;
};

/// Beyond Unicode: a byte that is no part of UTF-8.
constexpr char32_t kStrayByte = 0x110000;

Set in_classes(unsigned classes) {
  return [classes](char32_t c) { return c < kStrayByte && (class_of(c) & classes) != 0; };
}

char32_t fold(char32_t c) {
  if (c == 0x17F) return 's';
  return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
}

class Parser {
 public:
  explicit Parser(std::string_view pattern) : rest_(pattern) {}

  std::vector<Sequence> alternatives() {
    std::vector<Sequence> all{{}};
    while (!rest_.empty() && rest_.front() != ')') {
      if (take("|")) {
        all.emplace_back();
      } else {
        all.back().push_back(quantified(item()));
      }
    }
    return all;
  }

 private:
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  Item item() {
    if (take("(?!")) {
      Item item{.kind = Item::Kind::kNotAhead, .set = set()};
      take(")");
      return item;
    }
    if (take("(?i:") || take("(?:")) {
      const bool outer = std::exchange(fold_, rest_.data()[-2] == 'i');
      Item item{.kind = Item::Kind::kGroup, .group = alternatives()};
      fold_ = outer;
      take(")");
      return item;
    }
    if (take("$")) return {.kind = Item::Kind::kEndOfText};
    return {.kind = Item::Kind::kSet, .set = set()};
  }

  Item quantified(Item item) {
    constexpr std::size_t kMany = std::numeric_limits<std::size_t>::max();
    bool quantifier = true;
    if (take("?")) {
      item.least = 0;
    } else if (take("*")) {
      item.least = 0;
      item.most = kMany;
    } else if (take("+")) {
      item.most = kMany;
    } else if (take("{1,3}")) {
      item.most = 3;
    } else {
      quantifier = false;
    }
    // What is possessive in these patterns never has anything to give back.
    if (quantifier) take("+");
    return item;
  }

  Set set() {
    if (!take("[")) return single();
    const bool negated = take("^");
    std::vector<Set> members;
    while (!take("]")) members.push_back(single());
    return [negated, members](char32_t c) {
      for (const Set& member : members) {
        if (member(c)) return !negated;
      }
      return negated;
    };
  }

  Set single() {
    static const std::vector<std::pair<std::string_view, Set>> escapes{
        {"\\p{L}", in_classes(kLetter)},
        {"\\p{N}", in_classes(kNumber)},
        {"\\p{Lu}", in_classes(kUpper)},
        {"\\p{Lt}", [](char32_t) { return false; }},  // one class with Lu
        {"\\p{Ll}", in_classes(kLower)},
        {"\\p{Lm}", in_classes(kCaseless)},
        {"\\p{Lo}", [](char32_t) { return false; }},  // one class with Lm
        {"\\p{M}", in_classes(kMark)},
        {"\\s", in_classes(kSpace)},
        {"\\S", [](char32_t c) { return !in_classes(kSpace)(c); }},
        {"\\r", [](char32_t c) { return c == '\r'; }},
        {"\\n", [](char32_t c) { return c == '\n'; }}};
    for (const auto& [name, members] : escapes) {
      if (take(name)) return members;
    }
    const auto literal = static_cast<unsigned char>(rest_.front());
    if (literal == '\\' || literal >= 0x80) throw std::logic_error("unknown pattern");
    rest_.remove_prefix(1);
    return [literal, folds = fold_](char32_t c) { return (folds ? fold(c) : c) == literal; };
  }

  std::string_view rest_;
  bool fold_ = false;
};

/// Code points and where each begins, with the end of the text.
struct Decoded {
  std::u32string text;
  std::vector<std::size_t> begins;
};

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

/// By the table of RFC 3629, and not as the code under test does it.
std::pair<char32_t, std::size_t> decode_one(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  char32_t c = lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if (!continues(text, at + i)) return {kStrayByte + lead, 1};
    c = c << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
  }
  constexpr char32_t kLeast[] = {0, kStrayByte, 0x80, 0x800, 0x10000};
  const bool valid = c >= kLeast[size] && c < kStrayByte && (c < 0xD800 || c > 0xDFFF);
  if (!valid) return {kStrayByte + lead, 1};
  return {c, size};
}

Decoded decode(std::string_view text) {
  Decoded decoded;
  for (std::size_t at = 0; at < text.size();) {
    const auto [c, size] = decode_one(text, at);
    decoded.text.push_back(c);
    decoded.begins.push_back(at);
    at += size;
  }
  decoded.begins.push_back(text.size());
  return decoded;
}

using Then = std::function<bool(std::size_t)>;

class Matcher {
 public:
  explicit Matcher(const std::u32string& text) : text_(text) {}

  bool any(const std::vector<Sequence>& alternatives, std::size_t at, const Then& then) const {
    for (const Sequence& one : alternatives) {
      if (sequence(one, 0, at, then)) return true;
    }
    return false;
  }

 private:
  bool sequence(const Sequence& items, std::size_t next, std::size_t at, const Then& then) const {
    if (next == items.size()) return then(at);
    return repeat(items[next], 0, at,
                  [&](std::size_t end) { return sequence(items, next + 1, end, then); });
  }

  bool repeat(const Item& item, std::size_t count, std::size_t at, const Then& then) const {
    const Then again = [&](std::size_t end) { return repeat(item, count + 1, end, then); };
    if (count < item.most && once(item, at, again)) return true;
    return count >= item.least && then(at);
  }

  bool once(const Item& item, std::size_t at, const Then& then) const {
    const bool matches = at < text_.size() && item.set && item.set(text_[at]);
    switch (item.kind) {
      case Item::Kind::kSet:
        return matches && then(at + 1);
      case Item::Kind::kGroup:
        return any(item.group, at, then);
      case Item::Kind::kNotAhead:
        return !matches && then(at);
      case Item::Kind::kEndOfText:
        return at == text_.size() && then(at);
    }
    return false;
  }

  const std::u32string& text_;
};

}  // namespace

std::vector<std::string_view> match_all(std::string_view pattern, std::string_view text) {
  const std::vector<Sequence> alternatives = Parser(pattern).alternatives();
  const Decoded decoded = decode(text);
  const Matcher matcher(decoded.text);
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < decoded.text.size();) {
    std::size_t end = at;
    matcher.any(alternatives, at, [&](std::size_t found) { return end = found, true; });
    if (end == at) throw std::logic_error("the pattern does not match everywhere");
    const std::size_t begin = decoded.begins[at];
    pieces.push_back(text.substr(begin, decoded.begins[end] - begin));
    at = end;
  }
  return pieces;
}

}  // namespace penstock::tokens::testing
