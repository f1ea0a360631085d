#pragma once

#include <string>
#include <string_view>

#include "json/document.h"

namespace penstock::json {

/// Room for a copy of a text that cannot be parsed where it lies, because bytes behind it may not
/// be readable. Made to be thread_local, so that who parses often allocates seldom; used again, the
/// copy before is gone, so it is not held over a call that suspends.
class Scratch {
 public:
  /// A copy that Document::parse takes, valid until the next one.
  std::string_view copy(std::string_view text) {
    if (text_.capacity() > kMaxIdle) text_ = std::string();
    text_.reserve(text.size() + kPadding);
    text_.assign(text);
    return text_;
  }

 private:
  static constexpr std::size_t kMaxIdle = std::size_t{1} << 20;
  std::string text_;
};

}  // namespace penstock::json
