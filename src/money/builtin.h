#pragma once

#include <string_view>

namespace penstock::money {

/// A file of config/models that is part of the program, by its name without the extension: prices.
/// Empty: there is none of that name.
std::string_view builtin(std::string_view name);

}  // namespace penstock::money
