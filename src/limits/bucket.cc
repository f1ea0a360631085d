#include "limits/bucket.h"

#include <algorithm>

namespace penstock::limits::internal {

using std::chrono::nanoseconds;

Bucket::Bucket(const Limit& limit, const Moment& moment)
    : capacity_(std::clamp<std::uint64_t>(limit.capacity, 1, kMaxCapacity)),
      window_(
          nanoseconds(std::clamp(limit.every, std::chrono::milliseconds(1), kMaxWindow)).count()),
      available_(capacity_ * window_),
      refilled_(moment.monotonic) {}

void Bucket::restore(std::uint64_t used, WallTime at, const Moment& moment) {
  settle({}, 0, used);
  const nanoseconds ago = moment.wall() - at;
  const Parts flowed = std::clamp<Parts>(ago.count(), 0, 2 * window_) * capacity_;
  available_ = std::min(available_ + flowed, capacity_ * window_);
}

void Bucket::advance(const Moment& moment) {
  if (moment.monotonic <= refilled_) return;
  // Two windows lead from the deepest debt to full; more would only overflow.
  const Parts elapsed = std::min<Parts>((moment.monotonic - refilled_).count(), 2 * window_);
  refilled_ = moment.monotonic;
  available_ = std::min(available_ + elapsed * capacity_, capacity_ * window_ - held_);
}

std::optional<Stamp> Bucket::take(std::uint64_t amount) {
  if (!extend({}, amount)) return std::nullopt;
  return Stamp{};
}

bool Bucket::extend(Stamp, std::uint64_t more) {
  const Parts parts = more * window_;
  if (available_ < parts) return false;
  available_ -= parts;
  held_ += parts;
  return true;
}

void Bucket::settle(Stamp, std::uint64_t taken, std::uint64_t used) {
  held_ -= taken * window_;
  available_ = std::max(available_ + taken * window_ - used * window_, -capacity_ * window_);
}

std::uint64_t Bucket::remaining() const {
  return available_ <= 0 ? 0 : static_cast<std::uint64_t>(available_ / window_);
}

std::uint64_t Bucket::used() const {
  const Parts gone = capacity_ * window_ - held_ - available_;
  return static_cast<std::uint64_t>((gone + window_ - 1) / window_);
}

nanoseconds Bucket::time_to(std::uint64_t amount) const {
  const Parts missing = amount * window_ - available_;
  if (missing <= 0) return nanoseconds(0);
  return nanoseconds(static_cast<std::int64_t>((missing + capacity_ - 1) / capacity_));
}

nanoseconds Bucket::reset() const {
  return time_to(static_cast<std::uint64_t>(capacity_));
}

}  // namespace penstock::limits::internal
