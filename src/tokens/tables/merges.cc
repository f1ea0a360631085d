#include "tokens/tables/merges.h"

#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "tokens/tables/vocabulary_file.h"

namespace penstock::tokens::tables {

namespace {

using Ranks = std::unordered_map<std::string_view, TokenId>;

/// Where the parts of a text begin, with its end: at first every byte is one.
std::vector<std::size_t> single_bytes(std::string_view text) {
  std::vector<std::size_t> begins;
  for (std::size_t i = 0; i <= text.size(); ++i) begins.push_back(i);
  return begins;
}

std::optional<TokenId> find(const Ranks& ranks, std::string_view bytes) {
  const auto found = ranks.find(bytes);
  if (found == ranks.end()) return std::nullopt;
  return found->second;
}

/// The merge of the lowest rank that two neighbours allow, the leftmost of equal ones, by the
/// number of its first part; nullopt: none is below `limit`.
std::optional<std::size_t> best_merge(const Ranks& ranks, std::string_view text,
                                      const std::vector<std::size_t>& begins, TokenId limit) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i + 2 < begins.size(); ++i) {
    const auto rank = find(ranks, text.substr(begins[i], begins[i + 2] - begins[i]));
    if (!rank || *rank >= limit) continue;
    best = i;
    limit = *rank;
  }
  return best;
}

/// Merges all that comes before the token itself: two parts are left then.
Merge last_merge(const Ranks& ranks, std::string_view token, TokenId rank) {
  std::vector<std::size_t> begins = single_bytes(token);
  while (const auto best = best_merge(ranks, token, begins, rank)) {
    begins.erase(begins.begin() + static_cast<std::ptrdiff_t>(*best) + 1);
  }
  if (begins.size() != 3) {
    fail("token " + std::to_string(rank) + " does not come out of its own bytes");
  }
  return {*find(ranks, token.substr(0, begins[1])), *find(ranks, token.substr(begins[1]))};
}

}  // namespace

std::vector<Merge> find_merges(const std::vector<std::string>& tokens) {
  Ranks ranks;
  for (TokenId rank = 0; rank < tokens.size(); ++rank) {
    if (!tokens[rank].empty()) ranks.emplace(tokens[rank], rank);
  }
  std::vector<Merge> merges(tokens.size());
  for (TokenId rank = 0; rank < tokens.size(); ++rank) {
    const bool merged = tokens[rank].size() > 1;
    merges[rank] = merged ? last_merge(ranks, tokens[rank], rank) : Merge{rank, rank};
  }
  return merges;
}

}  // namespace penstock::tokens::tables
