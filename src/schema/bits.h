#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace penstock::schema {

/// Memory for sets of small numbers that live and die in the order of a stack. The first words need
/// no allocation.
class BitStack {
 public:
  std::uint64_t& word(std::size_t at) noexcept {
    return at < kInlineWords ? inline_[at] : more_[at - kInlineWords];
  }
  /// Room for so many words, all zero; where they begin.
  std::size_t push(std::size_t words) {
    // A set lies on one side of the border.
    std::size_t at = size_;
    if (at < kInlineWords && at + words > kInlineWords) at = kInlineWords;
    size_ = at + words;
    if (at < kInlineWords) {
      for (std::size_t i = at; i < size_; ++i) inline_[i] = 0;
    } else {
      more_.resize(at - kInlineWords);
      more_.resize(size_ - kInlineWords);
    }
    return at;
  }
  std::size_t size() const noexcept { return size_; }
  void pop(std::size_t size) noexcept { size_ = size; }

 private:
  static constexpr std::size_t kInlineWords = 128;

  std::size_t size_ = 0;
  std::array<std::uint64_t, kInlineWords> inline_;
  std::vector<std::uint64_t> more_;
};

/// A set of numbers below `size`. Up to 64 of them need no memory of the stack.
class Bits {
 public:
  Bits(BitStack& stack, std::size_t size) : stack_(&stack), words_((size + 63) / 64) {
    if (words_ <= 1) return;
    before_ = stack.size();
    at_ = stack.push(words_);
  }
  ~Bits() {
    if (words_ > 1) stack_->pop(before_);
  }
  Bits(const Bits&) = delete;
  Bits& operator=(const Bits&) = delete;

  bool test(std::size_t number) const noexcept {
    return (word(number / 64) >> number % 64 & 1) != 0;
  }
  void set(std::size_t number) noexcept { word(number / 64) |= std::uint64_t{1} << number % 64; }
  void set_all() noexcept {
    for (std::size_t i = 0; i < words_; ++i) word(i) = ~std::uint64_t{0};
  }
  /// Of the same size.
  void add(const Bits& other) noexcept {
    for (std::size_t i = 0; i < words_; ++i) word(i) |= other.word(i);
  }
  std::size_t words() const noexcept { return words_; }

 private:
  std::uint64_t& word(std::size_t i) noexcept {
    return words_ <= 1 ? only_ : stack_->word(at_ + i);
  }
  std::uint64_t word(std::size_t i) const noexcept {
    return words_ <= 1 ? only_ : stack_->word(at_ + i);
  }

  BitStack* stack_;
  std::size_t words_;
  std::uint64_t only_ = 0;
  std::size_t before_ = 0;
  std::size_t at_ = 0;
};

}  // namespace penstock::schema
