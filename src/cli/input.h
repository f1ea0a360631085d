#pragma once

#include <cstddef>
#include <string>

#include "penstock/result.h"

namespace penstock::cli {

/// Everything on stdin, at most `max_bytes`. Blocks. Error: its public_message says why not.
Result<std::string> read_stdin(std::size_t max_bytes);

}  // namespace penstock::cli
