#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tokens/encoding.h"

namespace penstock::tokens::testing {

/// A tokenizer by the book, slow and independent of ours but for the classes of code points: it
/// interprets the regular expression of tiktoken with backtracking, and merges the pair of the
/// lowest rank until there is none. For short texts: it recurses once for each character.
class Reference {
 public:
  /// Learns the vocabulary from what the encoding decodes.
  explicit Reference(const Encoding& encoding);
  std::vector<TokenId> encode(std::string_view text) const;

 private:
  void merge(std::string_view piece, std::vector<TokenId>& out) const;

  std::string_view pattern_;
  std::unordered_map<std::string, TokenId> ranks_;
};

/// The pieces into which a pattern cuts a text; each begins where the one before it ends.
std::vector<std::string_view> match_all(std::string_view pattern, std::string_view text);

}  // namespace penstock::tokens::testing
