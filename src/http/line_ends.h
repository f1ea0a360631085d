#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace penstock::http::internal {

/// Finds line ends (CR or LF) of a text from front to back. Each byte is searched at most twice,
/// also in a text that has only one of the two.
class LineEnds {
 public:
  explicit LineEnds(std::string_view text) : text_(text), line_feed_(find('\n', 0, text.size())) {}

  /// Where the first CR or LF at or behind `at` is; the text's size when there is none. `at` must
  /// not go back.
  std::size_t next(std::size_t at) noexcept {
    if (line_feed_ < at) line_feed_ = find('\n', at, text_.size());
    return find('\r', at, line_feed_);
  }

 private:
  std::size_t find(char c, std::size_t from, std::size_t to) const noexcept {
    return std::min(text_.substr(0, to).find(c, from), to);
  }

  std::string_view text_;
  std::size_t line_feed_;
};

}  // namespace penstock::http::internal
