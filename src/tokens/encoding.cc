#include "tokens/encoding.h"

#include <algorithm>
#include <cstring>

#include "tokens/byte_pairs.h"

namespace penstock::tokens {

namespace {

const std::array<Encoding, 5>& encodings() noexcept {
  static const std::array<Encoding, 5> all{
      {{"o200k_base", VocabularyView(Vocabulary::kO200k), o200k_piece_end},
       {"o200k_harmony", VocabularyView(Vocabulary::kO200k), o200k_piece_end},  // other specials
       {"cl100k_base", VocabularyView(Vocabulary::kCl100k), cl100k_piece_end},
       {"p50k_base", VocabularyView(Vocabulary::kP50k), r50k_piece_end},
       {"r50k_base", VocabularyView(Vocabulary::kR50k), r50k_piece_end}}};
  return all;
}

constexpr std::uint64_t kEach = 0x0101010101010101;
constexpr std::uint64_t kHigh = 0x80 * kEach;
constexpr std::uint64_t kLow = 0x7F * kEach;

/// How many blanks stand before a visible character of ASCII. No two of these are in one piece: the
/// patterns of all encodings take a blank only at the front of a word, or among white space alone.
/// Eight bytes at a time, each marked by its highest bit.
std::uint64_t blanks_before_words(std::string_view text) noexcept {
  std::uint64_t count = 0;
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) < text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t bytes;
    std::uint64_t next;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    std::memcpy(&next, text.data() + at + 1, sizeof next);
    const std::uint64_t other = bytes ^ (' ' * kEach);  // zero where a blank is
    const std::uint64_t blanks = ~(((other & kLow) + kLow) | other);
    const std::uint64_t visible = ((next & kLow) + (0x7F - ' ') * kEach) & ~next;
    count += ((blanks & visible & kHigh) >> 7) * kEach >> 56;
  }
  for (; at + 1 < text.size(); ++at) {
    const auto next = static_cast<signed char>(text[at + 1]);
    if (text[at] == ' ' && next > ' ') ++count;
  }
  return count;
}

}  // namespace

const Encoding* Encoding::find(std::string_view name) noexcept {
  for (const Encoding& encoding : encodings()) {
    if (encoding.name() == name) return &encoding;
  }
  return nullptr;
}

std::vector<std::string> Encoding::names() {
  std::vector<std::string> names;
  for (const Encoding& encoding : encodings()) names.emplace_back(encoding.name());
  return names;
}

std::uint64_t Encoding::count(std::string_view text) const {
  return *count_at_most(text, most_tokens(text.size()));
}

std::optional<std::uint64_t> Encoding::count_at_most(std::string_view text,
                                                     std::uint64_t limit) const {
  if (least_tokens(text.size()) > limit) return std::nullopt;
  BytePairs pairs(vocabulary_);
  std::uint64_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = piece_end_(text, at);
    count += pairs.count(text.substr(at, end - at));
    if (count > limit) return std::nullopt;  // no piece has less than one
    at = end;
  }
  return count;
}

std::vector<TokenId> Encoding::encode(std::string_view text) const {
  BytePairs pairs(vocabulary_);
  std::vector<TokenId> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = piece_end_(text, at);
    pairs.encode(text.substr(at, end - at), tokens);
    at = end;
  }
  return tokens;
}

std::string Encoding::decode(std::span<const TokenId> tokens) const {
  std::string text;
  for (const TokenId token : tokens) append_bytes(token, text);
  return text;
}

/// Undoes the merges, the left part first. As deep as merges lie in each other, which a token of
/// 128 bytes bounds.
void Encoding::append_bytes(TokenId token, std::string& out) const {
  if (token >= vocabulary_.size() || vocabulary_.length(token) == 0) return;
  if (token < kSingleBytes) {
    out += vocabulary_.byte(token);
    return;
  }
  append_bytes(vocabulary_.left(token), out);
  append_bytes(vocabulary_.right(token), out);
}

std::uint64_t least_tokens(std::string_view text) noexcept {
  const std::uint64_t words = blanks_before_words(text) + (text.empty() || text[0] == ' ' ? 0 : 1);
  return std::max(words, least_tokens(std::uint64_t{text.size()}));
}

}  // namespace penstock::tokens
