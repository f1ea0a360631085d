#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tokens/split.h"
#include "tokens/vocabulary.h"

namespace penstock::tokens {

/// One of OpenAI's tokenizers, exactly as tiktoken's `encode_ordinary`: all text is text, also what
/// looks like a special token. So `<|endoftext|>` from a user is seven tokens and means nothing.
///
///   const Encoding& encoding = *Encoding::find("o200k_base");
///   encoding.count("hello world");  // 2
///
/// Text is UTF-8. A byte that is no part of valid UTF-8 counts as punctuation, so that every text
/// has tokens and they give the same bytes back.
///
/// The tables are part of the program; nothing is prepared at start. Time is linear in the text,
/// whatever it holds: some 10 to 40 ms for a megabyte, so long texts are not for an event loop.
/// Memory beside the result: a quarter of a byte for each byte of the longest piece. Does not
/// suspend. Immutable and thread-safe; pointers are good forever.
class Encoding {
 public:
  /// r50k_base, p50k_base, cl100k_base, o200k_base or o200k_harmony; nullptr for anything else.
  static const Encoding* find(std::string_view name) noexcept;
  static std::vector<std::string> names();

  Encoding(std::string_view name, VocabularyView vocabulary, PieceEnd piece_end) noexcept
      : name_(name), vocabulary_(vocabulary), piece_end_(piece_end) {}

  std::string_view name() const noexcept { return name_; }
  std::uint64_t count(std::string_view text) const;
  /// The same if it is not more than `limit`; else nullopt, found without reading on.
  std::optional<std::uint64_t> count_at_most(std::string_view text, std::uint64_t limit) const;
  std::vector<TokenId> encode(std::string_view text) const;
  /// The text that has these tokens. Ranks that the encoding does not have give nothing.
  std::string decode(std::span<const TokenId> tokens) const;

 private:
  void append_bytes(TokenId token, std::string& out) const;

  std::string_view name_;  // a literal
  VocabularyView vocabulary_;
  PieceEnd piece_end_;
};

// Bounds that cost nothing, for who needs to know only whether a text could matter.

/// A text of that many bytes has at least so many tokens: none is longer than 128 bytes.
constexpr std::uint64_t least_tokens(std::uint64_t bytes) noexcept {
  return bytes / kLongestToken + (bytes % kLongestToken == 0 ? 0 : 1);
}
/// This text has at least so many: in every encoding each word behind a blank begins a token. For
/// prose some three quarters of the count, in a thirtieth of its time.
std::uint64_t least_tokens(std::string_view text) noexcept;
/// And at most so many: none is shorter than a byte.
constexpr std::uint64_t most_tokens(std::uint64_t bytes) noexcept {
  return bytes;
}

}  // namespace penstock::tokens
