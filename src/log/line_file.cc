#include "log/line_file.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace penstock::internal {

namespace {

int open_descriptor(const std::string& name) {
  if (name == "stdout") return ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
  if (name == "stderr") return ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  return ::open(name.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

/// Waits where somebody else made the descriptor non-blocking; false: the error is a real one.
bool may_try_again(int descriptor) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN) return false;
  pollfd wait{descriptor, POLLOUT, 0};
  return ::poll(&wait, 1, -1) > 0 || errno == EINTR;
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

LineFile::LineFile(LineFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      line_broken_(other.line_broken_),
      lines_(std::exchange(other.lines_, 0)),
      buffer_(std::exchange(other.buffer_, {})) {}

LineFile::~LineFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void LineFile::add(std::string_view line) {
  if (line_broken_ && buffer_.empty()) buffer_ += '\n';
  buffer_ += line;
  buffer_ += '\n';
  ++lines_;
}

std::size_t LineFile::write_buffer() const {
  std::size_t done = 0;
  while (done < buffer_.size()) {
    const auto count = ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
    if (count < 0 && !may_try_again(descriptor_)) break;
    if (count > 0) done += static_cast<std::size_t>(count);
  }
  return done;
}

std::uint64_t LineFile::write_out() {
  const std::size_t done = write_buffer();
  const auto rest = buffer_.begin() + static_cast<std::ptrdiff_t>(done);
  // The line feed that ends a broken line belongs to no line of this buffer.
  const auto missing = static_cast<std::uint64_t>(std::count(rest, buffer_.end(), '\n'));
  const std::uint64_t lost = std::min(missing, lines_);
  if (done > 0) line_broken_ = buffer_[done - 1] != '\n';
  buffer_.clear();
  lines_ = 0;
  return lost;
}

}  // namespace penstock::internal
