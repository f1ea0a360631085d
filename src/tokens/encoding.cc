#include "tokens/encoding.h"

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

}  // namespace penstock::tokens
