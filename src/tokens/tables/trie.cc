#include "tokens/tables/trie.h"

#include <algorithm>
#include <span>

#include "tokens/tables/vocabulary_file.h"

namespace penstock::tokens::tables {

namespace {

constexpr std::size_t kBlock = 256;
/// Units are looked for in that many blocks at the end; those before are full but for a few.
constexpr std::size_t kOpenBlocks = 16;

class Builder {
 public:
  explicit Builder(const std::vector<std::string>& tokens);
  Trie build();

 private:
  /// Tokens that share their first `depth` bytes, and the unit where these end.
  struct Node {
    std::span<const TokenId> tokens;
    std::size_t depth;
    std::size_t unit;
    TokenId prefix;  // the longest token among the prefixes, plus 1
  };

  struct Child {
    unsigned char label;
    std::span<const TokenId> tokens;
  };

  void place(Node node, std::vector<Node>& to_do);
  std::vector<Child> children_of(const Node& node) const;
  std::size_t choose_base(const std::vector<Child>& children);
  bool fits(std::size_t base, const std::vector<Child>& children) const;
  void add_block();
  void close_unused_units();

  const std::vector<std::string>& tokens_;
  std::vector<TokenId> sorted_;  // by their bytes: the order of a walk through the trie
  Trie trie_;
  std::vector<bool> unit_used_;
  std::vector<bool> base_used_;
};

Builder::Builder(const std::vector<std::string>& tokens) : tokens_(tokens) {
  for (TokenId rank = 0; rank < tokens.size(); ++rank) {
    if (!tokens[rank].empty()) sorted_.push_back(rank);
  }
  std::sort(sorted_.begin(), sorted_.end(),
            [&](TokenId a, TokenId b) { return tokens[a] < tokens[b]; });
  trie_.ends.resize(tokens.size());
}

Trie Builder::build() {
  add_block();
  unit_used_[0] = true;
  base_used_[0] = true;  // of units without children
  std::vector<Node> to_do{{sorted_, 0, 0, 0}};
  while (!to_do.empty()) {
    const Node node = to_do.back();
    to_do.pop_back();
    place(node, to_do);
  }
  close_unused_units();
  if (trie_.units.size() > kMostUnits) fail("the trie is too large");
  return std::move(trie_);
}

void Builder::place(Node node, std::vector<Node>& to_do) {
  // The shortest comes first: it may end here.
  if (const TokenId first = node.tokens.front(); tokens_[first].size() == node.depth) {
    trie_.units[node.unit].token = (first + 1) & kMostTokens;
    trie_.units[node.unit].prefix = node.prefix & kMostTokens;
    trie_.ends[first] = static_cast<std::uint32_t>(node.unit);
    node.prefix = first + 1;
    node.tokens = node.tokens.subspan(1);
  }
  if (node.tokens.empty()) return;

  const std::vector<Child> children = children_of(node);
  const std::size_t base = choose_base(children);
  base_used_[base] = true;
  trie_.units[node.unit].base = base & (kMostUnits - 1);
  for (const Child& child : children) {
    const std::size_t unit = base ^ child.label;
    unit_used_[unit] = true;
    trie_.units[unit].label = child.label;
    to_do.push_back({child.tokens, node.depth + 1, unit, node.prefix});
  }
}

std::vector<Builder::Child> Builder::children_of(const Node& node) const {
  std::vector<Child> children;
  for (std::size_t begin = 0, end = 0; begin < node.tokens.size(); begin = end) {
    const auto label = static_cast<unsigned char>(tokens_[node.tokens[begin]][node.depth]);
    while (end < node.tokens.size() &&
           static_cast<unsigned char>(tokens_[node.tokens[end]][node.depth]) == label) {
      ++end;
    }
    children.push_back({label, node.tokens.subspan(begin, end - begin)});
  }
  return children;
}

std::size_t Builder::choose_base(const std::vector<Child>& children) {
  const std::size_t blocks = trie_.units.size() / kBlock;
  const std::size_t first = blocks > kOpenBlocks ? (blocks - kOpenBlocks) * kBlock : 0;
  for (std::size_t unit = first; unit < trie_.units.size(); ++unit) {
    const std::size_t base = unit ^ children.front().label;
    if (!unit_used_[unit] && fits(base, children)) return base;
  }
  add_block();
  return blocks * kBlock;
}

bool Builder::fits(std::size_t base, const std::vector<Child>& children) const {
  return !base_used_[base] &&
         std::none_of(children.begin(), children.end(),
                      [&](const Child& child) { return unit_used_[base ^ child.label]; });
}

void Builder::add_block() {
  const std::size_t size = trie_.units.size() + kBlock;
  trie_.units.resize(size);
  unit_used_.resize(size);
  base_used_.resize(size);
}

/// A unit that nobody uses is nobody's child, nor is the root: their labels belong to bases that
/// are not used either. There is one in each such block, because each base in use has a child
/// there.
void Builder::close_unused_units() {
  for (std::size_t unit = 0; unit < trie_.units.size(); ++unit) {
    if (unit_used_[unit] && unit != 0) continue;
    std::size_t label = 0;
    while (label < kBlock && base_used_[unit ^ label]) ++label;
    if (label == kBlock) fail("every base of a block is used");
    trie_.units[unit].label = label & 0xFF;
  }
}

}  // namespace

Trie make_trie(const std::vector<std::string>& tokens) {
  return Builder(tokens).build();
}

}  // namespace penstock::tokens::tables
