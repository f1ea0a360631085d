#include "fuzz/require.h"

#include <cstdlib>
#include <iostream>

namespace penstock::fuzz {

void require(bool holds, std::string_view property) {
  if (holds) return;
  std::cerr << "fuzz: this does not hold: " << property << std::endl;
  std::abort();
}

void require_equal(std::string_view found, std::string_view wanted, std::string_view property) {
  if (found == wanted) return;
  std::cerr << "fuzz: found:  " << found << "\nfuzz: wanted: " << wanted << "\n";
  require(false, property);
}

}  // namespace penstock::fuzz
