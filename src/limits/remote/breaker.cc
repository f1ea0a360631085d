#include "limits/remote/breaker.h"

namespace penstock::limits::remote {

void Breaker::failed(const std::string& reason) {
  if (failures_.fetch_add(1, std::memory_order_relaxed) + 1 >= kFailures) open(reason);
}

void Breaker::open(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (open_.exchange(true)) return;
  changed_(true, reason);
}

void Breaker::close() {
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  if (!open_.exchange(false)) return;
  changed_(false, {});
}

}  // namespace penstock::limits::remote
