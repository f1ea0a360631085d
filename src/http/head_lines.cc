#include "http/head_lines.h"

#include <algorithm>

#include "http/protocol_error.h"

namespace penstock::http::internal {

Result<std::optional<std::string_view>> HeadLines::next(std::string_view buffer,
                                                        std::size_t max_line_bytes,
                                                        ErrorKind too_long) {
  constexpr std::size_t kLineEndBytes = 2;
  const std::size_t line_feed = buffer.find('\n', scanned_);
  const bool whole = line_feed != std::string_view::npos;
  const std::size_t end = whole ? line_feed + 1 : buffer.size();

  // Limits come first, and the nearer one counts: so the error is the same for any cut of the
  // bytes.
  const std::size_t line_limit = line_start_ + max_line_bytes + kLineEndBytes;
  if (end > std::min(line_limit, max_head_bytes_)) {
    if (line_limit <= max_head_bytes_)
      return protocol_error(too_long, "a line of the head is too long");
    return protocol_error(ErrorKind::kHeadTooLarge, "the head is too large");
  }
  scanned_ = end;
  if (!whole) return std::optional<std::string_view>();

  if (line_feed == line_start_ || buffer[line_feed - 1] != '\r') {
    return malformed("a line ends with LF alone");
  }
  const auto line = buffer.substr(line_start_, line_feed - 1 - line_start_);
  line_start_ = end;
  return std::optional(line);
}

}  // namespace penstock::http::internal
