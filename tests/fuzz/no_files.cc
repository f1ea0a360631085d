// Takes the place of src/config/files.cc in a target: there are the files `secret` and
// `schema` and no other, whatever a configuration names.

#include "config/diagnostics.h"
#include "config/files.h"

namespace penstock::config {

std::string resolve_path(const Node&, std::string_view path) {
  return std::string(path);
}

Result<std::string> read_file(const std::string& path, std::size_t) {
  if (path == "secret") return std::string("sk-0123456789abcdef");
  if (path == "schema") return std::string(R"({"type":"object","required":["model"]})");
  return failure("there are no files here");
}

Result<std::string> read_secret_file(const std::string& path) {
  return read_file(path, 0);
}

Result<void> check_readable(const std::string& path) {
  TRY_VOID(read_file(path, 0));
  return {};
}

void FileList::add(const std::string& path) {
  if (known_.insert(path).second) paths_.push_back(path);
}

}  // namespace penstock::config
