#include "tokens/reference.h"

#include <stdexcept>

namespace penstock::tokens::testing {
namespace {

// As in tiktoken.
constexpr std::string_view kR50k =
    R"('(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s)";
constexpr std::string_view kCl100k =
    R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+)"
    R"(|\s++$|\s*[\r\n]|\s+(?!\S)|\s)";
constexpr std::string_view kO200k =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)"
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
    R"(|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)"
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)?)"
    R"(|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

std::string_view pattern_of(std::string_view encoding) {
  if (encoding.starts_with("o200k")) return kO200k;
  return encoding == "cl100k_base" ? kCl100k : kR50k;
}

}  // namespace

Reference::Reference(const Encoding& encoding) : pattern_(pattern_of(encoding.name())) {
  constexpr TokenId kMost = 200'000;
  for (TokenId id = 0; id < kMost; ++id) {
    std::string bytes = encoding.decode({&id, 1});
    if (!bytes.empty()) ranks_.emplace(std::move(bytes), id);
  }
}

std::vector<TokenId> Reference::encode(std::string_view text) const {
  std::vector<TokenId> tokens;
  for (const std::string_view piece : match_all(pattern_, text)) merge(piece, tokens);
  return tokens;
}

void Reference::merge(std::string_view piece, std::vector<TokenId>& out) const {
  std::vector<std::string> parts;
  for (const char byte : piece) parts.emplace_back(1, byte);
  while (true) {
    TokenId lowest = kNoToken;
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const auto found = ranks_.find(parts[i] + parts[i + 1]);
      if (found == ranks_.end() || found->second >= lowest) continue;
      lowest = found->second;
      at = i;
    }
    if (lowest == kNoToken) break;
    parts[at] += parts[at + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  }
  for (const std::string& part : parts) out.push_back(ranks_.at(part));
}

}  // namespace penstock::tokens::testing
