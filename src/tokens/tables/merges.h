#pragma once

#include <string>
#include <vector>

#include "tokens/layout.h"

namespace penstock::tokens::tables {

/// The two tokens that a token is merged of; of a single byte twice itself.
struct Merge {
  TokenId left = 0;
  TokenId right = 0;
};

/// For each token of a vocabulary the merge that byte-pair encoding makes last on its bytes. Ends
/// the program when some token does not come out of its own bytes: what encodes then by these
/// tables would be wrong.
std::vector<Merge> find_merges(const std::vector<std::string>& tokens);

}  // namespace penstock::tokens::tables
