#include "cli/line_reader.h"

namespace penstock::cli {

LineReader::Next LineReader::next() {
  line_.clear();
  too_long_ = false;
  bool any = false;
  while (!unread_.empty() || fill()) {
    any = true;
    const std::size_t end = unread_.find('\n');
    keep(unread_.substr(0, end));
    if (end != std::string_view::npos) {
      unread_.remove_prefix(end + 1);
      break;
    }
    unread_ = {};
  }
  if (std::ferror(stream_) != 0) return Next::kFailed;
  if (!any) return Next::kEnd;
  return too_long_ ? Next::kTooLong : Next::kLine;
}

bool LineReader::fill() {
  const std::size_t got = std::fread(buffer_.data(), 1, buffer_.size(), stream_);
  unread_ = {buffer_.data(), got};
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
