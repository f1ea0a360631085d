#pragma once

#include <string>

#include "cli/command_tree.h"

namespace penstock::cli {

/// The manual page penstock(1) in the language of man(7).
std::string man_page(const Command& program);

}  // namespace penstock::cli
