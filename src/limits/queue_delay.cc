#include "limits/queue_delay.h"

namespace penstock::limits::internal {

void QueueDelay::note(Duration delay, MonotonicTime now) {
  if (delay <= target_) {
    above_since_.reset();
  } else if (!above_since_) {
    above_since_ = now;
  }
  stands_ = above_since_ && now - *above_since_ >= interval_;
}

}  // namespace penstock::limits::internal
