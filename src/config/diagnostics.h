#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "penstock/config.h"
#include "penstock/error.h"

namespace penstock::config {

/// The diagnostics in the order of their places; those of one place stay in the order of reporting.
std::vector<Diagnostic> sorted(const Diagnostics& diagnostics);

/// An error whose public_message is to become a diagnostic.
Error failure(std::string message);

/// "`a`, `b` and `c`".
std::string quoted_list(const std::vector<std::string>& words);
/// What helps somebody who wrote `word`: "did you mean `x`?", or the words that are known.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace penstock::config
