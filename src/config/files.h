#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/config.h"
#include "penstock/result.h"

#include "config/config.h"

namespace penstock::config {

/// The path of a file that the configuration names: relative ones are relative to the configuration
/// file that `at` stands in. `at.where.file` without a folder means the working directory.
std::string resolve_path(const Node& at, std::string_view path);

/// The whole file, at most `max_bytes`. Error: its public_message says why not, without the name.
/// Blocks; for start and reload only.
Result<std::string> read_file(const std::string& path, std::size_t max_bytes);

/// A secret in a file of its own: at most 64 KiB, one line end at its end is cut. Errors as above.
Result<std::string> read_secret_file(const std::string& path);

/// Whether a file can be opened and read. Errors as above.
Result<void> check_readable(const std::string& path);

/// The files that a configuration names, each once, in the order of the first mention. Those that
/// cannot be read are in it too: who watches them hears when that has changed.
class FileList {
 public:
  void add(const std::string& path);
  std::vector<std::string> take() { return std::move(paths_); }

 private:
  std::set<std::string> known_;
  std::vector<std::string> paths_;
};

/// What the readers of a configuration draw on beside its text.
struct Sources {
  Environment environment;
  FileList& files;
};

/// The setting that names a file, which is there to be read: its path, resolved and listed. What is
/// wrong is reported. Empty where the setting is absent or not a text. Blocks as above.
std::string read_path(MapReader& map, const char* key, const Sources& sources);

}  // namespace penstock::config
