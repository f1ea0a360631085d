#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tokens/vocabulary.h"

namespace penstock::tokens {

/// Encodes single pieces of a text by byte-pair encoding: as if, beginning with single bytes, the
/// two neighbours that make the token of the lowest rank were merged again and again, the leftmost
/// first, until none make one.
///
/// That is not what is done, since a piece may be a megabyte long. A sequence of tokens is the one
/// that merging gives if and only if each two neighbours, by themselves, merge to themselves. So
/// the tokens are chosen from the left, the longest that fits behind the one before. Where none
/// fits, the one before was wrong, and the next shorter one is tried in its place; what lies before
/// such a place is encoded in one way only, so each place is given up at most once. The time is
/// linear, with at most as many attempts at a place as tokens begin there: some 10 to 40 ns a byte,
/// and 0.4 us in the worst texts that are known, of runs of dashes. (The idea is that of the crate
/// `bpe` in github/rust-gems.)
///
/// Keeps memory between pieces: a quarter of a byte for each byte of the longest, unless that is
/// under 256, and 50 KB where tokens are long. For one thread.
class BytePairs {
 public:
  explicit BytePairs(VocabularyView vocabulary) noexcept : vocabulary_(vocabulary) {}

  /// How many tokens a piece has, which is not empty.
  std::size_t count(std::string_view piece) {
    const TokenId first = vocabulary_.longest_prefix(piece);
    return vocabulary_.length(first) == piece.size() ? 1 : split(piece, first);
  }
  /// Appends the tokens of a piece, which is not empty.
  void encode(std::string_view piece, std::vector<TokenId>& out);

 private:
  class Bits {
   public:
    Bits() = default;
    Bits(const Bits&) = delete;
    Bits& operator=(const Bits&) = delete;
    void clear(std::size_t size);
    bool test(std::size_t i) const noexcept { return (words_[i / 64] >> (i % 64) & 1) != 0; }
    void set(std::size_t i) noexcept { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
    void reset(std::size_t i) noexcept { words_[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }

   private:
    std::array<std::uint64_t, 4> few_{};
    std::vector<std::uint64_t> many_;
    std::uint64_t* words_ = few_.data();
  };

  /// What may_follow found out. The answer does not depend on the text around the two.
  struct KnownPair {
    TokenId left = kNoToken;
    TokenId right = kNoToken;
    bool stay_apart = false;
  };
  static constexpr std::size_t kKnownPairs = 4093;

  std::size_t split(std::string_view piece, TokenId first);
  /// The first that fits behind `last`; kNoToken: none does.
  TokenId choose(std::string_view piece, std::size_t at, TokenId last);
  TokenId token_before(std::string_view piece, std::size_t end) const noexcept;
  /// Whether two neighbours, encoded together, stay what they are. `border` is where they meet.
  bool may_follow(std::string_view piece, std::size_t border, TokenId left, TokenId right);
  bool stay_apart(std::string_view piece, std::size_t border, TokenId left,
                  TokenId right) const noexcept;

  VocabularyView vocabulary_;
  Bits ends_;      // of the tokens of the piece that split() was called for last
  Bits given_up_;  // places from which the end cannot be reached
  std::vector<KnownPair> known_pairs_;
};

}  // namespace penstock::tokens
