#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "penstock/config.h"
#include "penstock/result.h"

namespace penstock::config {

/// The path of a file that the configuration names: relative ones are relative to the configuration
/// file that `at` stands in. `at.where.file` without a folder means the working directory.
std::string resolve_path(const Node& at, std::string_view path);

/// The whole file, at most `max_bytes`. Error: its public_message says why not, without the name.
/// Blocks; for start and reload only.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes);

/// A secret in a file of its own: at most 64 KiB, one line end at its end is cut. Errors as above.
Result<std::string> read_secret_file(const std::string& path);

}  // namespace penstock::config
