#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "tokens/layout.h"

namespace penstock::tokens {

inline constexpr TokenId kNoToken = ~TokenId{0};

/// The tokens of an encoding, read from the tables that the program carries (layout.h). A view,
/// free to copy and good forever; thread-safe.
class VocabularyView {
 public:
  explicit VocabularyView(Vocabulary vocabulary) noexcept;

  /// The longest token that `text` begins with. There is one unless the text is empty: every byte
  /// is a token.
  TokenId longest_prefix(std::string_view text) const noexcept {
    TokenId longest = kNoToken;
    const Unit* unit = units_.data();
    for (const char byte : text) {
      if (!step(unit, byte)) break;
      if (unit->token != 0) longest = token_of(*unit);
    }
    return longest;
  }

  /// The longest token that is a proper prefix of another one; kNoToken: none is.
  TokenId shorter_prefix(TokenId token) const noexcept {
    return static_cast<TokenId>(units_[records_[token].unit].prefix) - 1;
  }

  /// The token that is `left` and the bytes behind it; kNoToken: there is none.
  TokenId joined(TokenId left, std::string_view behind) const noexcept {
    const Unit* unit = &units_[records_[left].unit];
    for (const char byte : behind) {
      if (!step(unit, byte)) return kNoToken;
    }
    return token_of(*unit);
  }

  std::size_t length(TokenId token) const noexcept { return records_[token].length; }
  /// What a token is merged of; a single byte of itself.
  TokenId left(TokenId token) const noexcept { return records_[token].left; }
  TokenId right(TokenId token) const noexcept { return records_[token].right; }
  /// Of a token that is a single byte.
  char byte(TokenId token) const noexcept {
    return static_cast<char>(units_[records_[token].unit].label);
  }
  /// The highest rank plus 1. A rank that the vocabulary skips has the length 0.
  std::size_t size() const noexcept { return records_.size(); }

 private:
  bool step(const Unit*& unit, char byte) const noexcept {
    const auto label = static_cast<unsigned char>(byte);
    const Unit* child = &units_[unit->base ^ label];
    if (child->label != label) return false;
    unit = child;
    return true;
  }
  /// kNoToken where none ends.
  static TokenId token_of(const Unit& unit) noexcept {
    return static_cast<TokenId>(unit.token) - 1;
  }

  std::span<const Unit> units_;
  std::span<const TokenRecord> records_;
};

}  // namespace penstock::tokens
