#include "cli/line_reader.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include "config/diagnostics.h"

namespace penstock::cli {

Result<LineReader> LineReader::open(const std::string& file, std::size_t max_line_bytes) {
  if (file == "-") return LineReader(STDIN_FILENO, max_line_bytes);
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return config::failure(std::strerror(errno));
  return LineReader(descriptor, max_line_bytes);
}

LineReader::LineReader(LineReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      max_line_bytes_(other.max_line_bytes_),
      buffer_(std::move(other.buffer_)),
      at_(other.at_) {}

LineReader::~LineReader() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

Result<std::optional<std::string_view>> LineReader::next() {
  std::size_t searched = at_;
  std::size_t end = 0;
  while ((end = buffer_.find('\n', searched)) == std::string::npos) {
    if (buffer_.size() - at_ > max_line_bytes_) {
      return config::failure("a line is longer than " + std::to_string(max_line_bytes_ >> 20) +
                             " MiB");
    }
    buffer_.erase(0, at_);
    at_ = 0;
    searched = buffer_.size();
    if (TRY(read_more())) continue;
    if (buffer_.empty()) return std::optional<std::string_view>();
    end = buffer_.size();
    break;
  }
  std::string_view line = std::string_view(buffer_).substr(at_, end - at_);
  at_ = std::min(end + 1, buffer_.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return std::optional(line);
}

/// False at the end of the file.
Result<bool> LineReader::read_more() {
  constexpr std::size_t kPiece = 64 << 10;
  const std::size_t size = buffer_.size();
  buffer_.resize(size + kPiece);
  ssize_t got = 0;
  do {
    got = ::read(descriptor_, buffer_.data() + size, kPiece);
  } while (got < 0 && errno == EINTR);
  const int error = errno;
  buffer_.resize(size + static_cast<std::size_t>(got > 0 ? got : 0));
  if (got < 0) return config::failure(std::strerror(error));
  return got > 0;
}

}  // namespace penstock::cli
