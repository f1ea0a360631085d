#include "log/line_file.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace penstock::internal {

namespace {

constexpr int kLookEveryMs = 100;

/// S_IFIFO and so on; 0 when there is no such file.
mode_t kind_of(const std::string& name) {
  struct stat about {};
  return ::stat(name.c_str(), &about) == 0 ? about.st_mode & S_IFMT : 0;
}

bool is_on_a_disk(int descriptor) {
  struct stat about {};
  return ::fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
}

int open_descriptor(const std::string& name) {
  if (name == "stdout") return ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  if (name == "stderr") return ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  // To open a pipe for writing alone is to wait for its reader (fifo(7)).
  const int access = kind_of(name) == S_IFIFO ? O_RDWR : O_WRONLY;
  return ::open(name.c_str(), access | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

Error cannot_open(const std::string& name) {
  return internal_error("cannot open the log file `" + name +
                        "`: " + std::generic_category().message(errno));
}

}  // namespace

Result<LineFile> LineFile::open(const std::string& name) {
  const int descriptor = open_descriptor(name);
  if (descriptor >= 0) return LineFile(descriptor);
  return cannot_open(name);
}

Result<void> LineFile::check(const std::string& name) {
  if (name == "stdout" || name == "stderr") return {};
  if (::access(name.c_str(), F_OK) == 0) {
    if (::access(name.c_str(), W_OK) == 0) return {};
    return cannot_open(name);
  }
  const auto folder = std::filesystem::path(name).parent_path();
  if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) == 0) return {};
  return cannot_open(name);
}

LineFile::LineFile(int descriptor)
    : descriptor_(descriptor), may_block_(!is_on_a_disk(descriptor)) {}

LineFile::LineFile(LineFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      may_block_(other.may_block_),
      give_up_at_(other.give_up_at_.load()),
      line_broken_(other.line_broken_) {}

LineFile::~LineFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void LineFile::give_up_after(std::chrono::milliseconds time) noexcept {
  give_up_at_ = std::min(give_up_at_.load(), system_clock().now() + time);
}

/// False: the time is over.
bool LineFile::wait_for_room() const {
  pollfd wait{descriptor_, POLLOUT, 0};
  while (::poll(&wait, 1, kLookEveryMs) <= 0) {
    if (system_clock().now() >= give_up_at_.load()) return false;
  }
  return true;
}

/// How much of it was written.
std::size_t LineFile::write_some(std::string_view text) const {
  // What polls as writable takes that much without blocking (pipe(7)).
  const std::size_t most = may_block_ ? PIPE_BUF : text.size();
  std::size_t done = 0;
  while (done < text.size()) {
    if (may_block_ && !wait_for_room()) break;
    const auto count = ::write(descriptor_, text.data() + done, std::min(most, text.size() - done));
    if (count < 0 && errno != EINTR && errno != EAGAIN) break;
    if (count > 0) done += static_cast<std::size_t>(count);
  }
  return done;
}

std::uint64_t LineFile::write(std::string_view lines) {
  if (line_broken_) line_broken_ = write_some("\n") == 0;
  const std::size_t done = line_broken_ ? 0 : write_some(lines);
  if (done > 0) line_broken_ = lines[done - 1] != '\n';
  const std::string_view rest = lines.substr(done);
  return static_cast<std::uint64_t>(std::count(rest.begin(), rest.end(), '\n'));
}

}  // namespace penstock::internal
