#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "schema/instance.h"

namespace penstock::schema {

/// Hears what a TextReader reads, in the order of the text. Each function answers whether the text
/// may go on like this; after a "no" nothing more is said.
class TextEvents {
 public:
  /// A value begins: one bit, or kNumber for a number, whose end tells more.
  virtual bool begin(TypeSet type) = 0;
  /// A piece of the string, name, number or literal that is being read; never empty. Of strings and
  /// names the characters that are meant, in UTF-8: escapes are resolved. The answer: how many of
  /// its bytes may stand there; less than all is a "no".
  virtual std::size_t piece(std::string_view text) = 0;
  /// The value that began last and has not ended yet is whole.
  virtual bool end() = 0;
  /// A member's name begins, then it is whole.
  virtual bool begin_name() = 0;
  virtual bool end_name() = 0;
  /// A comma: another item or member has to follow.
  virtual bool next() = 0;

 protected:
  ~TextEvents() = default;
};

/// Reads one JSON text (RFC 8259) that arrives in pieces cut anywhere, and tells the first byte at
/// which it cannot become one any more. As strict as json::Document: no lone surrogates, no control
/// characters in strings, at most json::kMaxDepth levels. Numbers of any size and bytes that are no
/// UTF-8 pass here.
///
/// Holds a few dozen bytes whatever the text, allocates nothing and does not recurse. Not
/// thread-safe.
class TextReader {
 public:
  /// Why the text is refused.
  enum class Fault {
    kNone,
    kSyntax,  // no JSON text goes on like this
    kDepth,   // nested too deep
    kEvents,  // whoever listens said no
  };

  /// Reads more; false: the text is refused, and is not to be fed any further.
  bool feed(std::string_view text, TextEvents& events);
  /// The text ends here; false: in the middle. Ends the number that may stand last.
  bool finish(TextEvents& events);

  Fault fault() const noexcept { return fault_; }
  /// Bytes read without fault: where the refused byte stands.
  std::uint64_t offset() const noexcept { return offset_; }
  /// The outermost value is whole, so nothing but white space may follow. A number there is never
  /// whole before finish().
  bool complete() const noexcept { return state_ == State::kDone; }

 private:
  enum class State : std::uint8_t {
    kValue,
    kFirstItem,  // a value or ]
    kFirstName,  // a name or }
    kName,
    kColon,
    kAfterValue,  // a comma or the end of the container
    kString,
    kEscape,
    kHex,
    kLowEscape,  // the backslash of a low surrogate
    kLowU,       // its u
    kLiteral,
    kMinus,
    kZero,
    kInteger,
    kPoint,
    kFraction,
    kE,
    kSign,
    kExponent,
    kDone,
  };

  bool step(char c, TextEvents& events);
  bool step_value(char c, TextEvents& events);
  bool step_after_value(char c, TextEvents& events);
  bool step_escape(char c, TextEvents& events);
  bool step_hex(char c, TextEvents& events);
  bool step_literal(char c, TextEvents& events);
  bool step_number(char c) noexcept;
  std::size_t read_string(std::string_view text, TextEvents& events);
  std::size_t read_number(std::string_view text, TextEvents& events);

  bool open(bool is_object, TextEvents& events);
  bool close(bool is_object, TextEvents& events);
  bool begin_literal(std::string_view literal, TypeSet type, TextEvents& events);
  bool begin_number(char c, TextEvents& events);
  bool end_string(TextEvents& events);
  bool end_value(TextEvents& events);
  bool number_may_end() const noexcept;
  bool in_number() const noexcept;
  bool tell(bool answer) noexcept;
  std::size_t tell_run(std::string_view run, TextEvents& events);
  bool tell_character(std::uint32_t code_point, TextEvents& events);
  bool in_object() const noexcept { return (objects_ >> (depth_ - 1) & 1) != 0; }

  State state_ = State::kValue;
  Fault fault_ = Fault::kNone;
  bool is_name_ = false;          // the string is a member's name
  std::uint8_t digits_left_ = 0;  // kHex
  std::uint32_t code_unit_ = 0;   // kHex
  std::uint32_t high_surrogate_ = 0;
  std::string_view literal_;  // what is left of it; a view of a constant
  std::uint32_t depth_ = 0;
  std::uint64_t objects_ = 0;  // which of the open containers are objects, outermost first
  std::uint64_t offset_ = 0;
};

}  // namespace penstock::schema
