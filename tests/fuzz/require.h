#pragma once

#include <string_view>

namespace penstock::fuzz {

/// Ends the process, saying which property is broken, when it does not hold.
void require(bool holds, std::string_view property);

/// The same for two texts that have to be equal; both are printed.
void require_equal(std::string_view found, std::string_view wanted, std::string_view property);

}  // namespace penstock::fuzz
