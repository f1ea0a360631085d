#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace penstock {

/// A text that must not reach a log: it has no stream operator and no implicit conversion, and its
/// bytes are wiped when it dies. `reveal` is the one way in, easy to find in a review.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) = default;
  /// By value, so that the old text is wiped when the parameter dies.
  Secret& operator=(Secret other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~Secret();

  std::string_view reveal() const noexcept { return text_; }
  bool empty() const noexcept { return text_.empty(); }

 private:
  std::string text_;
};

}  // namespace penstock
