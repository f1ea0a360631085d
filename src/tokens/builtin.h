#pragma once

#include <string_view>

namespace penstock::tokens {

/// A file of config/models that is part of the program, by its name without the extension: tokens.
/// Empty: there is none of that name.
std::string_view builtin(std::string_view name);

}  // namespace penstock::tokens
