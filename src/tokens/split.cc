#include "tokens/split.h"

#include "tokens/unicode.h"

namespace penstock::tokens {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

char byte_at(std::string_view text, std::size_t at) noexcept {
  return at < text.size() ? text[at] : '\0';
}

bool is_line_end(char c) noexcept {
  return c == '\r' || c == '\n';
}

/// The end of the run of characters of these classes.
std::size_t run_end(std::string_view text, std::size_t at, unsigned classes) noexcept {
  for (Char c = char_at(text, at); c.is(classes); c = char_at(text, at)) at += c.size;
  return at;
}

std::size_t three_numbers_end(std::string_view text, std::size_t at) noexcept {
  for (int i = 0; i < 3; ++i) {
    const Char c = char_at(text, at);
    if (!c.is(kNumber)) break;
    at += c.size;
  }
  return at;
}

/// Where punctuation begins, behind a blank or not; kNone: there is none.
std::size_t punctuation_begin(std::string_view text, std::size_t at) noexcept {
  if (text[at] == ' ') ++at;
  return char_at(text, at).is(kPunctuation | kMark) ? at : kNone;
}

/// 's, 'd, 'm, 't, 'll, 've, 're: its size, 0 where none begins.
std::size_t lower_contraction(std::string_view text, std::size_t at) noexcept {
  if (byte_at(text, at) != '\'') return 0;
  const char first = byte_at(text, at + 1);
  if (first == 's' || first == 'd' || first == 'm' || first == 't') return 2;
  const char second = byte_at(text, at + 2);
  if (first == 'l' && second == 'l') return 3;
  return (first == 'v' || first == 'r') && second == 'e' ? 3 : 0;
}

/// The same in any case, by Unicode's simple folding, which makes U+017F an s.
std::size_t contraction(std::string_view text, std::size_t at) noexcept {
  if (byte_at(text, at) != '\'') return 0;
  constexpr std::string_view kLongS = "\xC5\xBF";
  if (text.substr(at + 1, kLongS.size()) == kLongS) return 1 + kLongS.size();
  const auto lower = [&](std::size_t i) {
    const char c = byte_at(text, i);
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  };
  const char copy[] = {'\'', lower(at + 1), lower(at + 2)};
  return lower_contraction({copy, sizeof copy}, 0);
}

/// A run of white space and where its last CR or LF ends, kNone where it has none.
struct Space {
  std::size_t end;
  std::size_t last_begin;  // of its last character
  std::size_t line_end = kNone;
};

Space space_run(std::string_view text, std::size_t at) noexcept {
  Space run{at, at};
  for (Char c = char_at(text, at); c.is(kSpace); c = char_at(text, at)) {
    run.last_begin = at;
    at += c.size;
    if (is_line_end(text[run.last_begin])) run.line_end = at;
  }
  run.end = at;
  return run;
}

/// Of white space in front of something, the last character stays for what follows it.
std::size_t without_last(const Space& run, std::size_t at) noexcept {
  return run.last_begin > at ? run.last_begin : run.end;
}

/// [upper, caseless, mark]* [lower, caseless, mark]+, the first alternative of a word in o200k:
/// where it ends, kNone where it does not begin here. Without a lower letter the first part gives
/// back as little as the second one needs.
std::size_t word_with_lower_end(std::string_view text, std::size_t at) noexcept {
  std::size_t behind_caseless = kNone;
  Char c = char_at(text, at);
  for (; c.is(kUpper | kCaseless | kMark); c = char_at(text, at)) {
    at += c.size;
    if (!c.is(kUpper)) behind_caseless = at;
  }
  return c.is(kLower) ? run_end(text, at, kLower | kCaseless | kMark) : behind_caseless;
}

/// A word of o200k without its contraction; kNone where none begins.
std::size_t o200k_word_end(std::string_view text, std::size_t at, Char first) noexcept {
  const bool has_prefix = first.is(kSpace | kPunctuation | kMark) && !is_line_end(text[at]);
  const std::size_t begin = has_prefix ? at + first.size : at;
  std::size_t end = kNone;
  if (char_at(text, begin).is(kLetter | kMark)) end = word_with_lower_end(text, begin);
  // As a prefix the mark was optional; it may be a word itself.
  if (end == kNone && first.is(kMark)) end = word_with_lower_end(text, at);
  if (end != kNone) return end;
  // The second alternative: what is left to it are capitals alone.
  end = run_end(text, begin, kUpper);
  return end > begin ? end : kNone;
}

}  // namespace

std::size_t r50k_piece_end(std::string_view text, std::size_t at) noexcept {
  if (const std::size_t size = lower_contraction(text, at)) return at + size;
  const std::size_t begin = text[at] == ' ' ? at + 1 : at;
  const Char c = char_at(text, begin);
  if (c.is(kLetter)) return run_end(text, begin, kLetter);
  if (c.is(kNumber)) return run_end(text, begin, kNumber);
  if (c.is(kPunctuation | kMark)) return run_end(text, begin, kPunctuation | kMark);
  const Space run = space_run(text, at);
  return run.end == text.size() ? run.end : without_last(run, at);
}

std::size_t cl100k_piece_end(std::string_view text, std::size_t at) noexcept {
  if (const std::size_t size = contraction(text, at)) return at + size;
  const Char first = char_at(text, at);
  if (first.is(kLetter)) return run_end(text, at, kLetter);
  if (first.is(kNumber)) return three_numbers_end(text, at);
  const std::size_t second = at + first.size;
  if (!is_line_end(text[at]) && char_at(text, second).is(kLetter)) {
    return run_end(text, second, kLetter);
  }
  if (std::size_t end = punctuation_begin(text, at); end != kNone) {
    end = run_end(text, end, kPunctuation | kMark);
    while (is_line_end(byte_at(text, end))) ++end;
    return end;
  }
  const Space run = space_run(text, at);
  if (run.end == text.size()) return run.end;
  return run.line_end != kNone ? run.line_end : without_last(run, at);
}

std::size_t o200k_piece_end(std::string_view text, std::size_t at) noexcept {
  const Char first = char_at(text, at);
  if (first.is(kNumber)) return three_numbers_end(text, at);
  if (const std::size_t end = o200k_word_end(text, at, first); end != kNone) {
    return end + contraction(text, end);
  }
  if (std::size_t end = punctuation_begin(text, at); end != kNone) {
    end = run_end(text, end, kPunctuation | kMark);
    while (is_line_end(byte_at(text, end)) || byte_at(text, end) == '/') ++end;
    return end;
  }
  const Space run = space_run(text, at);
  if (run.line_end != kNone) return run.line_end;
  return run.end == text.size() ? run.end : without_last(run, at);
}

}  // namespace penstock::tokens
