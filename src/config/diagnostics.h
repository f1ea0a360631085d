#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/config.h"
#include "penstock/error.h"

namespace penstock::config {

/// Errors and warnings in the order of their places; those of one place stay in the order of
/// reporting, errors first.
std::vector<Diagnostic> sorted(const Diagnostics& diagnostics);

/// "file:line:column", without line and column where they are not known.
std::string place_of(const Diagnostic& diagnostic);

/// "path: message", or "path: warning: message".
std::string words_of(const Diagnostic& diagnostic);

/// What to_text says, as SARIF 2.1.0 (OASIS) for code scanning: one run, one result for each
/// diagnostic, its `path` as the name of the logical location. File names stay as given, escaped as
/// URIs demand. `text` is the text of the file: SARIF counts columns in characters, a diagnostic
/// counts them in bytes.
std::string to_sarif(const Diagnostics& diagnostics, std::string_view text);

/// The line of that number, which counts from 1, without its end; nullopt where there is none.
std::optional<std::string_view> line_of(std::string_view text, int number);

/// An error whose public_message is to become a diagnostic.
Error failure(std::string message);

/// "`a`, `b` and `c`".
std::string quoted_list(const std::vector<std::string>& words);
/// What helps somebody who wrote `word`: "did you mean `x`?", or the words that are known.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace penstock::config
