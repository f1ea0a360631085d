#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace penstock::schema {

inline bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
inline bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline bool is_hex_digit(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Takes a text apart from its front; what formats are read with.
class FormatReader {
 public:
  explicit FormatReader(std::string_view text) : rest_(text) {}

  bool at_end() const noexcept { return rest_.empty(); }
  /// NUL at the end.
  char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }
  std::string_view rest() const noexcept { return rest_; }

  bool take(char expected) noexcept {
    if (at_end() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_any_of(std::string_view letters) noexcept {
    return !at_end() && letters.find(peek()) != std::string_view::npos && take(peek());
  }
  /// As many as there are.
  std::string_view take_digits() noexcept {
    std::size_t size = 0;
    while (size < rest_.size() && is_digit(rest_[size])) ++size;
    const std::string_view digits = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return digits;
  }
  /// The number that exactly so many digits say; at most nine.
  std::optional<int> take_number(std::size_t digits) noexcept {
    if (rest_.size() < digits) return std::nullopt;
    int number = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (!is_digit(rest_[i])) return std::nullopt;
      number = number * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return number;
  }

 private:
  std::string_view rest_;
};

}  // namespace penstock::schema
