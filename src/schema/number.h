#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <simdjson.h>
#include <string>

#include "schema/decimal.h"

namespace penstock::schema {

/// The value of a JSON number, compared by what it says and not by how it is stored: 1 is 1.0, and
/// 2^64 + 1 is not 2^64 + 2. A view, cheap to copy.
///
/// A parser rounds what fits neither 64 bits nor 15 digits. ExactText keeps such a number beside
/// the document, and the document has a NaN in its place, which no JSON text can spell; its lower
/// bits are the address of the Decimal, which the ExactText owns.
class Number {
 public:
  /// Of an element that is a number. It lives no longer than what the document came from.
  static Number of(simdjson::dom::element number) noexcept;

  bool is_integer() const noexcept;
  std::string text() const;
  Decimal decimal() const;
  /// Rounded, infinite beyond all doubles; equal numbers have equal ones.
  double nearest_double() const;

  friend std::strong_ordering compare(const Number& left, const Number& right);

  /// The double that stands for a Decimal in a document.
  static double handle(const Decimal& number) noexcept;

 private:
  enum class Kind : std::uint8_t { kSigned, kUnsigned, kDouble, kExact };

  Kind kind_ = Kind::kSigned;
  union {
    std::int64_t signed_ = 0;
    std::uint64_t unsigned_;
    double double_;
    const Decimal* exact_;
  };
  friend class Divisor;
};

std::strong_ordering compare(const Number& left, const Number& right);

/// What `multipleOf` names. Immutable.
class Divisor {
 public:
  /// nullopt: not above zero.
  static std::optional<Divisor> of(Number number);

  bool divides(const Number& number) const;
  const Number& number() const noexcept { return number_; }

 private:
  Number number_;
  Decimal exact_;
  std::uint64_t whole_ = 0;  // 0: not a whole number of 64 bits
};

}  // namespace penstock::schema
