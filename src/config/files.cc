#include "config/files.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

#include "config/diagnostics.h"

namespace penstock::config {

namespace {

constexpr std::size_t kMaxSecretBytes = 64 * 1024;

Error failure_of_system(int code) {
  return failure(std::generic_category().message(code));
}

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : handle_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenFile() {
    if (handle_ >= 0) ::close(handle_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int handle() const noexcept { return handle_; }

 private:
  int handle_;
};

}  // namespace

std::string resolve_path(const Node& at, std::string_view path) {
  const std::filesystem::path folder = std::filesystem::path(at.where.file).parent_path();
  return (folder / path).lexically_normal().string();  // an absolute `path` stands alone
}

Result<std::string> read_file(const std::string& path, std::size_t max_bytes) {
  const OpenFile file(path);
  if (file.handle() < 0) return failure_of_system(errno);
  std::string text;
  std::array<char, 4096> piece{};
  while (true) {
    const ssize_t got = ::read(file.handle(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure_of_system(errno);
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
    if (text.size() > max_bytes) {
      return failure("it is longer than " + std::to_string(max_bytes >> 10) + " KiB");
    }
  }
}

Result<std::string> read_secret_file(const std::string& path) {
  std::string text = TRY(read_file(path, kMaxSecretBytes));
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

Result<void> check_readable(const std::string& path) {
  const OpenFile file(path);
  char byte = 0;
  // A folder can be opened, yet not be read.
  if (file.handle() < 0 || ::read(file.handle(), &byte, 1) < 0) return failure_of_system(errno);
  return {};
}

void FileList::add(const std::string& path) {
  if (known_.insert(path).second) paths_.push_back(path);
}

}  // namespace penstock::config
