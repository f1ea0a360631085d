#include "schema/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace penstock::schema {

namespace {

constexpr std::size_t kMaxDigits = 512;
constexpr std::int64_t kMaxExponent = 100'000;
// Digits that always fit 64 bits.
constexpr std::size_t kDigitsOfWord = 19;

template <class... Format>
Decimal of_number(auto number, Format... format) {
  std::array<char, 32> buffer{};
  char* const end = buffer.data() + buffer.size();
  const auto written = std::to_chars(buffer.data(), end, number, format...).ptr;
  return *Decimal::parse({buffer.data(), written});
}

// The power of ten of the first digit's place, plus one.
std::int64_t magnitude(const Decimal& number) {
  return number.exponent + static_cast<std::int64_t>(number.digits.size());
}

std::strong_ordering compare_sizes(const Decimal& left, const Decimal& right) {
  if (left.is_zero() || right.is_zero()) return !left.is_zero() <=> !right.is_zero();
  if (const auto order = magnitude(left) <=> magnitude(right); order != 0) return order;
  return left.digits.compare(right.digits) <=> 0;
}

std::uint64_t word_of(std::string_view digits) {
  std::uint64_t word = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), word);
  return word;
}

// The remainder of a long division by a number of one word.
class ShortRemainder {
 public:
  explicit ShortRemainder(std::string_view divisor) : divisor_(word_of(divisor)) {}

  void append(unsigned digit) {
    __extension__ using Wide = unsigned __int128;
    rest_ = static_cast<std::uint64_t>((Wide{rest_} * 10 + digit) % divisor_);
  }
  bool is_zero() const { return rest_ == 0; }

 private:
  std::uint64_t divisor_;
  std::uint64_t rest_ = 0;
};

// The same for any number, in limbs of nine digits, lowest first. The rest has a limb more, since
// it grows tenfold before it is reduced.
class LongRemainder {
 public:
  explicit LongRemainder(std::string_view divisor) {
    while (!divisor.empty()) {
      const std::size_t size = std::min<std::size_t>(divisor.size(), kLimbDigits);
      divisor_.push_back(
          static_cast<std::uint32_t>(word_of(divisor.substr(divisor.size() - size))));
      divisor.remove_suffix(size);
    }
    divisor_.push_back(0);
    rest_.resize(divisor_.size());
  }

  void append(unsigned digit) {
    std::uint64_t carry = digit;
    for (std::uint32_t& limb : rest_) {
      carry += std::uint64_t{limb} * 10;
      limb = static_cast<std::uint32_t>(carry % kLimb);
      carry /= kLimb;
    }
    while (!below_divisor()) subtract_divisor();
  }
  bool is_zero() const {
    return std::all_of(rest_.begin(), rest_.end(), [](std::uint32_t limb) { return limb == 0; });
  }

 private:
  static constexpr std::size_t kLimbDigits = 9;
  static constexpr std::uint32_t kLimb = 1'000'000'000;

  bool below_divisor() const {
    return std::lexicographical_compare(rest_.rbegin(), rest_.rend(), divisor_.rbegin(),
                                        divisor_.rend());
  }
  void subtract_divisor() {
    std::uint32_t borrow = 0;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const std::uint32_t taken = divisor_[i] + borrow;
      borrow = rest_[i] < taken ? 1 : 0;
      rest_[i] = rest_[i] + borrow * kLimb - taken;
    }
  }

  std::vector<std::uint32_t> divisor_;
  std::vector<std::uint32_t> rest_;
};

template <class Remainder>
bool divides(std::string_view divisor, std::string_view digits, std::size_t zeros) {
  Remainder rest(divisor);
  for (const char digit : digits) rest.append(static_cast<unsigned>(digit - '0'));
  for (std::size_t i = 0; i < zeros && !rest.is_zero(); ++i) rest.append(0);
  return rest.is_zero();
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view spelling) {
  Decimal number;
  if (spelling.starts_with('-')) {
    number.negative = true;
    spelling.remove_prefix(1);
  }
  const std::size_t mark = std::min(spelling.find_first_of("eE"), spelling.size());
  if (mark < spelling.size()) {
    std::string_view power = spelling.substr(mark + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto read =
        std::from_chars(power.data(), power.data() + power.size(), number.exponent).ec;
    if (read != std::errc()) return std::nullopt;
  }
  std::string_view mantissa = spelling.substr(0, mark);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_not_of("0.");
  if (first == std::string_view::npos) return Decimal{};
  const std::size_t last = mantissa.find_last_not_of("0.");
  for (const char c : mantissa.substr(first, last + 1 - first)) {
    if (c != '.') number.digits += c;
    if (number.digits.size() > kMaxDigits) return std::nullopt;
  }
  // From the last digit's place to that in front of the point, and whether it lies behind it.
  number.exponent += last > point ? -static_cast<std::int64_t>(last - point)
                                  : static_cast<std::int64_t>(point - last - 1);
  if (magnitude(number) > kMaxExponent || magnitude(number) < -kMaxExponent) return std::nullopt;
  return number;
}

Decimal Decimal::of(std::int64_t number) {
  return of_number(number);
}
Decimal Decimal::of(std::uint64_t number) {
  return of_number(number);
}
Decimal Decimal::of(double number) {
  // Without a format, large ones come with all digits of their binary value.
  return of_number(number, std::chars_format::scientific);
}

std::string Decimal::text() const {
  constexpr std::int64_t kMaxZeros = 20;
  if (is_zero()) return "0";
  std::string text = negative ? "-" : "";
  const std::int64_t point = magnitude(*this);
  if (exponent >= 0 && exponent <= kMaxZeros) {
    return text + digits + std::string(static_cast<std::size_t>(exponent), '0');
  }
  if (exponent < 0 && point > 0) {
    const auto whole = static_cast<std::size_t>(point);
    return text + digits.substr(0, whole) + "." + digits.substr(whole);
  }
  if (exponent < 0 && point > -kMaxZeros) {
    return text + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  }
  return text + digits + "e" + std::to_string(exponent);
}

std::strong_ordering compare(const Decimal& left, const Decimal& right) {
  const bool left_below_zero = left.negative && !left.is_zero();
  const bool right_below_zero = right.negative && !right.is_zero();
  if (left_below_zero != right_below_zero) return right_below_zero <=> left_below_zero;
  return left_below_zero ? compare_sizes(right, left) : compare_sizes(left, right);
}

bool is_multiple(const Decimal& value, const Decimal& divisor) {
  if (value.is_zero()) return true;
  // The last digit of the value is not zero, so it is no multiple of a higher power of ten.
  if (value.exponent < divisor.exponent) return false;
  // Zeros beyond these add nothing to what a divisor of so many digits can be divided by: it has
  // fewer than 4 factors of 2, or of 5, for each digit.
  const auto zeros = std::min(static_cast<std::size_t>(value.exponent - divisor.exponent),
                              4 * divisor.digits.size());
  if (divisor.digits.size() <= kDigitsOfWord) {
    return divides<ShortRemainder>(divisor.digits, value.digits, zeros);
  }
  return divides<LongRemainder>(divisor.digits, value.digits, zeros);
}

}  // namespace penstock::schema
