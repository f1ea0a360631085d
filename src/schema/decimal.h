#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace penstock::schema {

/// A decimal number of any size, exactly: the value of `digits` times ten to the power `exponent`.
/// For what neither 64 bits nor a double hold without rounding, and for remainders. A plain value.
///
/// Bounded: at most 512 significant digits, and a value between 10^-100000 and 10^100000.
struct Decimal {
  bool negative = false;
  std::string digits;  // without zeros at either end; empty: zero
  std::int64_t exponent = 0;

  /// A number as JSON spells it (RFC 8259 section 6). nullopt: beyond the bounds.
  static std::optional<Decimal> parse(std::string_view spelling);
  static Decimal of(std::int64_t number);
  static Decimal of(std::uint64_t number);
  /// The shortest decimal that reads back as this (finite) double, which is what a person wrote
  /// wherever that had at most 15 digits.
  static Decimal of(double number);

  bool is_zero() const noexcept { return digits.empty(); }
  bool is_integer() const noexcept { return exponent >= 0; }
  /// As JSON spells it.
  std::string text() const;
};

std::strong_ordering compare(const Decimal& left, const Decimal& right);

/// Whether `value` is a whole multiple of `divisor`, which is not zero. Exact.
bool is_multiple(const Decimal& value, const Decimal& divisor);

}  // namespace penstock::schema
