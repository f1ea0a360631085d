#include "schema/number.h"

#include <bit>
#include <cmath>
#include <cstdlib>

namespace penstock::schema {

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::uint64_t kQuietNan = 0x7FF8'0000'0000'0000;
constexpr std::uint64_t kAddressBits = 0x0000'FFFF'FFFF'FFFF;
// From here on not every whole number is a double.
constexpr double kLastDenseDouble = 9007199254740992;

}  // namespace

Number Number::of(element value) noexcept {
  Number number;
  switch (value.type()) {
    case element_type::UINT64:
      number.kind_ = Kind::kUnsigned;
      number.unsigned_ = value.get_uint64().value_unsafe();
      break;
    case element_type::DOUBLE:
      number.kind_ = Kind::kDouble;
      number.double_ = value.get_double().value_unsafe();
      if (std::isnan(number.double_)) {
        const std::uint64_t address = std::bit_cast<std::uint64_t>(number.double_) & kAddressBits;
        number.kind_ = Kind::kExact;
        number.exact_ = reinterpret_cast<const Decimal*>(address);
      }
      break;
    default:
      number.signed_ = value.get_int64().value_unsafe();
      break;
  }
  return number;
}

double Number::handle(const Decimal& number) noexcept {
  return std::bit_cast<double>(kQuietNan | (reinterpret_cast<std::uint64_t>(&number)));
}

bool Number::is_integer() const noexcept {
  if (kind_ == Kind::kDouble) return double_ == std::floor(double_);
  return kind_ != Kind::kExact || exact_->is_integer();
}

Decimal Number::decimal() const {
  switch (kind_) {
    case Kind::kSigned:
      return Decimal::of(signed_);
    case Kind::kUnsigned:
      return Decimal::of(unsigned_);
    case Kind::kDouble:
      return Decimal::of(double_);
    case Kind::kExact:
      break;
  }
  return *exact_;
}

double Number::nearest_double() const {
  switch (kind_) {
    case Kind::kSigned:
      return static_cast<double>(signed_);
    case Kind::kUnsigned:
      return static_cast<double>(unsigned_);
    case Kind::kDouble:
      return double_;
    case Kind::kExact:
      break;
  }
  return std::strtod(exact_->text().c_str(), nullptr);
}

std::string Number::text() const {
  return decimal().text();
}

std::strong_ordering compare(const Number& left, const Number& right) {
  using Kind = Number::Kind;
  if (left.kind_ == right.kind_) {
    if (left.kind_ == Kind::kSigned) return left.signed_ <=> right.signed_;
    if (left.kind_ == Kind::kUnsigned) return left.unsigned_ <=> right.unsigned_;
    if (left.kind_ == Kind::kDouble) {
      if (left.double_ == right.double_) return std::strong_ordering::equal;
      return left.double_ < right.double_ ? std::strong_ordering::less
                                          : std::strong_ordering::greater;
    }
  }
  // simdjson has an unsigned number only where it is too large for a signed one.
  if (left.kind_ == Kind::kSigned && right.kind_ == Kind::kUnsigned) {
    return std::strong_ordering::less;
  }
  if (left.kind_ == Kind::kUnsigned && right.kind_ == Kind::kSigned) {
    return std::strong_ordering::greater;
  }
  if (left.kind_ == Kind::kSigned && right.kind_ == Kind::kDouble) {
    // Between two whole numbers of this size no rounding can move a double across one of them.
    if (std::fabs(right.double_) < kLastDenseDouble) {
      const auto whole = static_cast<std::int64_t>(std::floor(right.double_));
      if (left.signed_ != whole) return left.signed_ <=> whole;
      return static_cast<double>(whole) == right.double_ ? std::strong_ordering::equal
                                                         : std::strong_ordering::less;
    }
  }
  if (left.kind_ == Kind::kDouble && right.kind_ == Kind::kSigned)
    return 0 <=> compare(right, left);
  return compare(left.decimal(), right.decimal());
}

std::optional<Divisor> Divisor::of(Number number) {
  Divisor divisor;
  divisor.number_ = number;
  divisor.exact_ = number.decimal();
  if (divisor.exact_.is_zero() || divisor.exact_.negative) return std::nullopt;
  if (number.kind_ == Number::Kind::kSigned) {
    divisor.whole_ = static_cast<std::uint64_t>(number.signed_);
  }
  return divisor;
}

bool Divisor::divides(const Number& number) const {
  if (whole_ != 0 && number.kind_ == Number::Kind::kSigned) {
    return number.signed_ % static_cast<std::int64_t>(whole_) == 0;
  }
  return is_multiple(number.decimal(), exact_);
}

}  // namespace penstock::schema
