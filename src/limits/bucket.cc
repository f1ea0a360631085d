#include "limits/bucket.h"

#include <algorithm>

namespace penstock::limits::internal {

using std::chrono::nanoseconds;

Bucket::Bucket(const Limit& limit, MonotonicTime now)
    : capacity_(std::clamp<std::uint64_t>(limit.capacity, 1, kMaxCapacity)),
      window_(
          nanoseconds(std::clamp(limit.every, std::chrono::milliseconds(1), kMaxWindow)).count()),
      available_(capacity_ * window_),
      refilled_(now) {}

void Bucket::refill(MonotonicTime now) {
  if (now <= refilled_) return;
  // Two windows lead from the deepest debt to full; more would only overflow.
  const Parts elapsed = std::min<Parts>((now - refilled_).count(), 2 * window_);
  refilled_ = now;
  available_ = std::min(available_ + elapsed * capacity_, capacity_ * window_ - held_);
}

bool Bucket::take(std::uint64_t amount) {
  const Parts parts = amount * window_;
  if (available_ < parts) return false;
  available_ -= parts;
  held_ += parts;
  return true;
}

void Bucket::put_back(std::uint64_t amount) {
  settle(amount, 0);
}

void Bucket::settle(std::uint64_t taken, std::uint64_t used) {
  held_ -= taken * window_;
  available_ = std::max(available_ + taken * window_ - used * window_, -capacity_ * window_);
}

std::uint64_t Bucket::remaining() const {
  return available_ <= 0 ? 0 : static_cast<std::uint64_t>(available_ / window_);
}

nanoseconds Bucket::time_to(std::uint64_t amount) const {
  const Parts missing = amount * window_ - available_;
  if (missing <= 0) return nanoseconds(0);
  return nanoseconds(static_cast<std::int64_t>((missing + capacity_ - 1) / capacity_));
}

}  // namespace penstock::limits::internal
