#pragma once

#include <string>

#include "cli/command_tree.h"

namespace penstock::cli {

// Completion scripts of shells, made from the parser: commands, options, the words that a value may
// be, and file names. To be sourced, or to be put where the shell looks for them.

std::string bash_completion(const Command& program);
std::string zsh_completion(const Command& program);
std::string fish_completion(const Command& program);

/// A text in single quotes, for any of the three.
std::string single_quoted(const std::string& text);

}  // namespace penstock::cli
