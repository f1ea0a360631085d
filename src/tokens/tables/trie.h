#pragma once

#include <string>
#include <vector>

#include "tokens/layout.h"

namespace penstock::tokens::tables {

/// The tokens of a vocabulary as the double array that layout.h describes, and the unit in which
/// each of them ends. Ends the program when they do not fit.
struct Trie {
  std::vector<Unit> units;
  std::vector<std::uint32_t> ends;  // by rank
};
Trie make_trie(const std::vector<std::string>& tokens);

}  // namespace penstock::tokens::tables
