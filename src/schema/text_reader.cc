#include "schema/text_reader.h"

#include <algorithm>
#include <string>

#include "json/document.h"
#include "json/scan.h"
#include "json/utf8.h"

namespace penstock::schema {

namespace {

static_assert(json::kMaxDepth <= 64, "a bit for each level");

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 8259 section 7: what stands for itself.
bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}

bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

}  // namespace

bool TextReader::feed(std::string_view text, TextEvents& events) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    if (state_ == State::kString && is_plain(rest.front())) {
      at += read_string(rest, events);
    } else if (in_number()) {
      at += read_number(rest, events);
    } else if (step(rest.front(), events)) {
      ++at;
    } else if (fault_ == Fault::kNone) {
      fault_ = Fault::kSyntax;
    }
    if (fault_ != Fault::kNone) break;
  }
  offset_ += at;
  return fault_ == Fault::kNone;
}

bool TextReader::finish(TextEvents& events) {
  if (in_number() && number_may_end() && depth_ == 0) return end_value(events);
  if (state_ != State::kDone) fault_ = Fault::kSyntax;
  return state_ == State::kDone;
}

// The plain characters at the beginning of `text`; how many were taken.
std::size_t TextReader::read_string(std::string_view text, TextEvents& events) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_plain);
  const auto size = static_cast<std::size_t>(end - text.begin());
  return tell_run(text.substr(0, size), events);
}

// The bytes at the beginning of `text` that go on with a number; the first one that does not ends
// it and is left.
std::size_t TextReader::read_number(std::string_view text, TextEvents& events) {
  std::size_t size = 0;
  while (size < text.size() && step_number(text[size])) ++size;
  if (size > 0) size = tell_run(text.substr(0, size), events);
  if (fault_ != Fault::kNone) return size;
  if (size == text.size()) return size;
  if (!number_may_end()) {
    fault_ = Fault::kSyntax;
  } else {
    end_value(events);
  }
  return size;
}

bool TextReader::step(char c, TextEvents& events) {
  switch (state_) {
    case State::kString:
      if (c == '"') return end_string(events);
      if (c == '\\') state_ = State::kEscape;
      return c == '\\';
    case State::kEscape:
      return step_escape(c, events);
    case State::kHex:
      return step_hex(c, events);
    case State::kLowEscape:
      state_ = State::kLowU;
      return c == '\\';
    case State::kLowU:
      state_ = State::kHex;
      digits_left_ = 4;
      return c == 'u';
    case State::kLiteral:
      return step_literal(c, events);
    default:
      break;
  }
  if (json::is_space(c)) return true;
  switch (state_) {
    case State::kFirstItem:
      if (c == ']') return close(false, events);
      [[fallthrough]];
    case State::kValue:
      return step_value(c, events);
    case State::kFirstName:
      if (c == '}') return close(true, events);
      [[fallthrough]];
    case State::kName:
      state_ = State::kString;
      is_name_ = true;
      return c == '"' && tell(events.begin_name());
    case State::kColon:
      state_ = State::kValue;
      return c == ':';
    case State::kAfterValue:
      return step_after_value(c, events);
    default:
      return false;
  }
}

bool TextReader::step_value(char c, TextEvents& events) {
  switch (c) {
    case '"':
      state_ = State::kString;
      is_name_ = false;
      return tell(events.begin(kString));
    case '{':
      return open(true, events);
    case '[':
      return open(false, events);
    case 't':
      return begin_literal("true", kBoolean, events);
    case 'f':
      return begin_literal("false", kBoolean, events);
    case 'n':
      return begin_literal("null", kNull, events);
    default:
      return begin_number(c, events);
  }
}

bool TextReader::step_after_value(char c, TextEvents& events) {
  if (c == '}') return close(true, events);
  if (c == ']') return close(false, events);
  state_ = in_object() ? State::kName : State::kValue;
  return c == ',' && tell(events.next());
}

bool TextReader::open(bool is_object, TextEvents& events) {
  if (depth_ == json::kMaxDepth) {
    fault_ = Fault::kDepth;
    return false;
  }
  if (!tell(events.begin(is_object ? kObject : kArray))) return false;
  const std::uint64_t bit = std::uint64_t{1} << depth_++;
  objects_ = is_object ? objects_ | bit : objects_ & ~bit;
  state_ = is_object ? State::kFirstName : State::kFirstItem;
  return true;
}

bool TextReader::close(bool is_object, TextEvents& events) {
  if (in_object() != is_object) return false;
  --depth_;
  return end_value(events);
}

bool TextReader::end_value(TextEvents& events) {
  state_ = depth_ == 0 ? State::kDone : State::kAfterValue;
  return tell(events.end());
}

bool TextReader::end_string(TextEvents& events) {
  if (!is_name_) return end_value(events);
  state_ = State::kColon;
  return tell(events.end_name());
}

bool TextReader::begin_literal(std::string_view literal, TypeSet type, TextEvents& events) {
  state_ = State::kLiteral;
  literal_ = literal.substr(1);
  return tell(events.begin(type)) && tell_run(literal.substr(0, 1), events) == 1;
}

bool TextReader::step_literal(char c, TextEvents& events) {
  if (c != literal_.front()) return false;
  if (tell_run(literal_.substr(0, 1), events) == 0) return false;
  literal_.remove_prefix(1);
  return !literal_.empty() || end_value(events);
}

bool TextReader::step_escape(char c, TextEvents& events) {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  if (c == 'u') {
    state_ = State::kHex;
    digits_left_ = 4;
    return true;
  }
  const std::size_t known = kNames.find(c);
  if (known == std::string_view::npos) return false;
  state_ = State::kString;
  return tell_run(kMeant.substr(known, 1), events) == 1;
}

bool TextReader::step_hex(char c, TextEvents& events) {
  const int value = hex_value(c);
  if (value < 0) return false;
  code_unit_ = code_unit_ << 4 | static_cast<std::uint32_t>(value);
  --digits_left_;
  // Each digit settles a part of which surrogate it is: the first byte that is wrong is refused.
  const std::uint32_t first = code_unit_ << (4 * digits_left_);
  const std::uint32_t last = first | ((1U << (4 * digits_left_)) - 1);
  if (high_surrogate_ != 0) {
    if (last < 0xDC00 || first > 0xDFFF) return false;
  } else if (first >= 0xDC00 && last <= 0xDFFF) {
    return false;
  }
  if (digits_left_ > 0) return true;
  const std::uint32_t unit = code_unit_;
  code_unit_ = 0;
  if (is_high_surrogate(unit)) {
    high_surrogate_ = unit;
    state_ = State::kLowEscape;
    return true;
  }
  state_ = State::kString;
  if (!is_low_surrogate(unit)) return tell_character(unit, events);
  const std::uint32_t high = high_surrogate_;
  high_surrogate_ = 0;
  return tell_character(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00), events);
}

bool TextReader::tell_character(std::uint32_t code_point, TextEvents& events) {
  std::string bytes;  // at most four, so on the stack
  json::append_utf8(bytes, code_point);
  return tell_run(bytes, events) == bytes.size();
}

bool TextReader::begin_number(char c, TextEvents& events) {
  if (c == '-') {
    state_ = State::kMinus;
  } else if (c == '0') {
    state_ = State::kZero;
  } else if (is_digit(c)) {
    state_ = State::kInteger;
  } else {
    return false;
  }
  return tell(events.begin(kNumber)) && tell_run(std::string_view(&c, 1), events) == 1;
}

// RFC 8259 section 6: whether the number goes on with this byte.
bool TextReader::step_number(char c) noexcept {
  const bool digit = is_digit(c);
  switch (state_) {
    case State::kMinus:
      if (digit) state_ = c == '0' ? State::kZero : State::kInteger;
      return digit;
    case State::kPoint:
    case State::kFraction:
      if (digit) {
        state_ = State::kFraction;
        return true;
      }
      break;
    case State::kE:
      if (c == '+' || c == '-') {
        state_ = State::kSign;
        return true;
      }
      [[fallthrough]];
    case State::kSign:
    case State::kExponent:
      if (digit) state_ = State::kExponent;
      return digit;
    case State::kInteger:
      if (digit) return true;
      break;
    default:
      break;
  }
  if (c == '.' && (state_ == State::kZero || state_ == State::kInteger)) {
    state_ = State::kPoint;
    return true;
  }
  const bool exponent = (c == 'e' || c == 'E') && state_ != State::kPoint;
  if (exponent) state_ = State::kE;
  return exponent;
}

bool TextReader::in_number() const noexcept {
  return state_ >= State::kMinus && state_ <= State::kExponent;
}

bool TextReader::number_may_end() const noexcept {
  return state_ == State::kZero || state_ == State::kInteger || state_ == State::kFraction ||
         state_ == State::kExponent;
}

std::size_t TextReader::tell_run(std::string_view run, TextEvents& events) {
  const std::size_t taken = events.piece(run);
  tell(taken == run.size());
  return taken;
}

bool TextReader::tell(bool answer) noexcept {
  if (!answer) fault_ = Fault::kEvents;
  return answer;
}

}  // namespace penstock::schema
