#include "cli/line_reader.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include "config/diagnostics.h"

namespace penstock::cli {

Result<LineReader> LineReader::open(const std::string& file, std::size_t max_bytes) {
  if (file == "-") return LineReader(STDIN_FILENO, max_bytes);
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return config::failure(std::strerror(errno));
  return LineReader(descriptor, max_bytes);
}

LineReader::LineReader(LineReader&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      max_bytes_(other.max_bytes_),
      buffer_(std::move(other.buffer_)),
      at_(std::exchange(other.at_, 0)),
      line_(std::move(other.line_)),
      too_long_(other.too_long_),
      error_(other.error_) {}

LineReader::~LineReader() {
  if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
}

LineReader::Next LineReader::next() {
  line_.clear();
  too_long_ = false;
  bool any = false;
  while (!unread().empty() || fill()) {
    any = true;
    const std::size_t size = unread().find('\n');
    keep(unread().substr(0, size));
    if (size != std::string_view::npos) {
      at_ += size + 1;
      break;
    }
    at_ = buffer_.size();
  }
  if (error_ != 0) return Next::kFailed;
  if (!any) return Next::kEnd;
  return too_long_ ? Next::kTooLong : Next::kLine;
}

std::string LineReader::why() const {
  return std::strerror(error_);
}

bool LineReader::fill() {
  constexpr std::size_t kPiece = 64 << 10;
  buffer_.resize(kPiece);
  at_ = 0;
  ssize_t got = 0;
  do {
    got = ::read(descriptor_, buffer_.data(), buffer_.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) error_ = errno;
  buffer_.resize(static_cast<std::size_t>(got > 0 ? got : 0));
  return got > 0;
}

void LineReader::keep(std::string_view piece) {
  if (too_long_) return;
  if (piece.size() > max_bytes_ - line_.size()) {
    too_long_ = true;
    line_.clear();
    return;
  }
  line_ += piece;
}

}  // namespace penstock::cli
