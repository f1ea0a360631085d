#include "json/fault.h"

#include <bitset>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "json/document.h"
#include "json/scan.h"
#include "json/utf8.h"

namespace penstock::json {

namespace {

constexpr std::string_view kEnd = "the text ends too early";
constexpr std::string_view kBadNumber = "malformed number";

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

class FaultFinder {
 public:
  explicit FaultFinder(std::string_view text) : text_(text) {}
  std::optional<Fault> run();

 private:
  enum class Expect { kValue, kValueOrEnd, kKey, kKeyOrEnd, kCommaOrEnd, kNothing };

  bool step();
  bool value();
  bool key();
  bool open(bool object);
  bool close();
  bool separator();
  bool string();
  bool escape();
  bool unicode_escape();
  bool literal(std::string_view word);
  bool number();
  bool number_fits(std::string_view digits);
  void digits();
  std::optional<std::uint32_t> code_unit(std::size_t at) const;

  char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool in_object() const { return depth_ > 0 && objects_[depth_ - 1]; }
  void after_value() { expect_ = depth_ == 0 ? Expect::kNothing : Expect::kCommaOrEnd; }
  bool fail(std::size_t at, std::string_view what) {
    fault_ = at < text_.size() ? Fault{at, what} : Fault{text_.size(), kEnd};
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::bitset<kMaxDepth> objects_;  // at each depth: an object, not an array
  Expect expect_ = Expect::kValue;
  Fault fault_;
};

std::optional<Fault> FaultFinder::run() {
  if (text_.substr(0, 3) == "\xEF\xBB\xBF") return Fault{0, "a byte order mark"};
  while (true) {
    at_ = skip_space(text_, at_);
    if (at_ == text_.size() && expect_ == Expect::kNothing) return std::nullopt;
    if (!step()) return fault_;
  }
}

bool FaultFinder::step() {
  const char c = peek();
  switch (expect_) {
    case Expect::kNothing:
      return fail(at_, "bytes after the end of the value");
    case Expect::kCommaOrEnd:
      return separator();
    case Expect::kKeyOrEnd:
      return c == '}' ? close() : key();
    case Expect::kKey:
      return key();
    case Expect::kValueOrEnd:
      return c == ']' ? close() : value();
    case Expect::kValue:
      return value();
  }
  return false;
}

bool FaultFinder::value() {
  switch (peek()) {
    case '{':
      return open(true);
    case '[':
      return open(false);
    case '"':
      after_value();
      return string();
    case 't':
      return literal("true");
    case 'f':
      return literal("false");
    case 'n':
      return literal("null");
    default:
      if (peek() == '-' || is_digit(peek())) return number();
      return fail(at_, "expected a value");
  }
}

bool FaultFinder::key() {
  if (peek() != '"') return fail(at_, "expected a key in double quotes");
  if (!string()) return false;
  at_ = skip_space(text_, at_);
  if (peek() != ':') return fail(at_, "expected `:`");
  ++at_;
  expect_ = Expect::kValue;
  return true;
}

bool FaultFinder::open(bool object) {
  if (depth_ == kMaxDepth) return fail(at_, "nested deeper than 64 levels");
  objects_[depth_++] = object;
  ++at_;
  expect_ = object ? Expect::kKeyOrEnd : Expect::kValueOrEnd;
  return true;
}

bool FaultFinder::close() {
  --depth_;
  ++at_;
  after_value();
  return true;
}

bool FaultFinder::separator() {
  if (peek() == (in_object() ? '}' : ']')) return close();
  if (peek() != ',') return fail(at_, in_object() ? "expected `,` or `}`" : "expected `,` or `]`");
  ++at_;
  expect_ = in_object() ? Expect::kKey : Expect::kValue;
  return true;
}

bool FaultFinder::string() {
  ++at_;
  while (at_ < text_.size()) {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte == '"') {
      ++at_;
      return true;
    }
    if (byte < 0x20) return fail(at_, "a control byte in a string");
    if (byte == '\\') {
      if (!escape()) return false;
      continue;
    }
    const std::size_t size = utf8_sequence(text_, at_);
    if (size == 0) return fail(at_, "invalid UTF-8");
    at_ += size;
  }
  return fail(at_, kEnd);
}

bool FaultFinder::escape() {
  const std::size_t next = at_ + 1;
  if (next >= text_.size()) return fail(next, kEnd);
  if (text_[next] == 'u') return unicode_escape();
  if (std::string_view("\"\\/bfnrt").find(text_[next]) == std::string_view::npos) {
    return fail(at_, "an unknown escape in a string");
  }
  at_ += 2;
  return true;
}

bool FaultFinder::unicode_escape() {
  const auto first = code_unit(at_);
  if (!first) return fail(at_, "a malformed \\u escape");
  const bool high = *first >= 0xD800 && *first < 0xDC00;
  const bool low = *first >= 0xDC00 && *first < 0xE000;
  const auto second = high ? code_unit(at_ + 6) : std::nullopt;
  const bool paired = second && *second >= 0xDC00 && *second < 0xE000;
  if (low || (high && !paired)) return fail(at_, "a lone surrogate");
  at_ += high ? 12 : 6;
  return true;
}

// The value of the escape \uXXXX at `at`.
std::optional<std::uint32_t> FaultFinder::code_unit(std::size_t at) const {
  if (at + 6 > text_.size() || text_[at] != '\\' || text_[at + 1] != 'u') return std::nullopt;
  std::uint32_t unit = 0;
  const char* end = text_.data() + at + 6;
  const auto [stopped, error] = std::from_chars(text_.data() + at + 2, end, unit, 16);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return unit;
}

bool FaultFinder::literal(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return fail(at_, "expected a value");
  at_ += word.size();
  after_value();
  return true;
}

void FaultFinder::digits() {
  while (is_digit(peek())) ++at_;
}

bool FaultFinder::number() {
  const std::size_t start = at_;
  if (peek() == '-') ++at_;
  if (!is_digit(peek())) return fail(at_, kBadNumber);
  const bool zero = peek() == '0';
  ++at_;
  if (zero && is_digit(peek())) return fail(start, "a number with a leading zero");
  digits();
  if (peek() == '.') {
    ++at_;
    if (!is_digit(peek())) return fail(at_, kBadNumber);
    digits();
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    if (!is_digit(peek())) return fail(at_, kBadNumber);
    digits();
  }
  after_value();
  if (number_fits(text_.substr(start, at_ - start))) return true;
  return fail(start, "a number out of range");
}

bool FaultFinder::number_fits(std::string_view number) {
  const char* first = number.data();
  const char* last = first + number.size();
  const auto too_large = std::errc::result_out_of_range;
  if (number.find_first_of(".eE") == std::string_view::npos) {
    std::int64_t negative = 0;
    std::uint64_t positive = 0;
    if (*first == '-') return std::from_chars(first, last, negative).ec != too_large;
    return std::from_chars(first, last, positive).ec != too_large;
  }
  // Too small is read as zero, so only what has no negative exponent is surely too large.
  double real = 0;
  return number.find("e-") != std::string_view::npos ||
         number.find("E-") != std::string_view::npos ||
         std::from_chars(first, last, real).ec != too_large;
}

}  // namespace

std::optional<Fault> find_fault(std::string_view text) {
  return FaultFinder(text).run();
}

}  // namespace penstock::json
