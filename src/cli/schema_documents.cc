#include "cli/schema_documents.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/percent_encoding.h"
#include "config/diagnostics.h"
#include "config/files.h"

namespace penstock::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 10'000;
constexpr std::size_t kMaxBytes = 64 << 20;

std::string to_uri(const std::string& base, const std::string& path) {
  // RFC 3986 section 3.3: what may stand in a path as it is, and the slash.
  constexpr std::string_view kMarks = "-._~!$&'()*+,;=:@/";
  return base + (base.ends_with('/') ? "" : "/") + percent_encoded(path, kMarks);
}

/// In the order of their names, so that what is said of two files does not depend on the disk.
Result<std::vector<fs::path>> find_files(const std::string& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->path().extension() == ".json") files.push_back(at->path());
    if (files.size() > kMaxFiles) {
      return config::failure(folder + ": there are more than " + std::to_string(kMaxFiles) +
                             " files");
    }
  }
  if (error) return config::failure(folder + ": " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<schema::Documents> read_documents(const std::string& folder, const std::string& base_uri) {
  schema::Documents documents;
  std::size_t bytes = 0;
  for (const fs::path& file : TRY(find_files(folder))) {
    const auto text = config::read_file(file.string(), kMaxBytes - bytes);
    if (!text) return config::failure(file.string() + ": " + text.error().public_message);
    bytes += text->size();
    const std::string uri = to_uri(base_uri, file.lexically_relative(folder).generic_string());
    if (const auto added = documents.add(uri, *text); !added) {
      return config::failure(file.string() + ": " + added.error().detail);
    }
  }
  return documents;
}

}  // namespace penstock::cli
