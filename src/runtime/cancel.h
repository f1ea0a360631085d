#pragma once

#include <utility>

namespace penstock {

namespace runtime {
class Fiber;
}

/// Tells the calls that wait on behalf of one exchange that nobody needs the result any more. Used
/// on the loop of its fiber only. It stays requested for ever.
class Cancel {
 public:
  Cancel() = default;
  Cancel(const Cancel&) = delete;
  Cancel& operator=(const Cancel&) = delete;

  bool requested() const noexcept { return requested_; }
  /// Wakes the fiber that waits with this token, if one does.
  void request();

 private:
  friend class runtime::Fiber;
  bool requested_ = false;
  runtime::Fiber* waiter_ = nullptr;
};

}  // namespace penstock
