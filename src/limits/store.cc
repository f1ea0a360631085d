#include "limits/store.h"

#include <algorithm>
#include <utility>

namespace penstock::limits {

bool is_ample(const Limit& limit, std::uint64_t remaining, std::uint64_t amount) noexcept {
  if (limit.unit == Unit::kRequests || limit.unit == Unit::kConcurrent) return true;
  return amount <= remaining && remaining - amount >= limit.capacity - limit.capacity / 8;
}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this == &other) return *this;
  settle({});
  held_ = std::move(other.held_);
  settled_ = other.settled_;
  return *this;
}

Reservation::~Reservation() {
  settle({});
}

bool Reservation::extend(std::span<const std::uint64_t> more, Deadline deadline) {
  return held_ && !settled_ && held_->extend(more, deadline);
}

void Reservation::settle(std::span<const std::uint64_t> used) noexcept {
  if (!held_ || std::exchange(settled_, true)) return;
  held_->settle(used);
}

std::vector<Standing> Reservation::standings() const {
  return held_ ? held_->standings() : std::vector<Standing>();
}

void Store::add_listener(ReleaseListener& listener) {
  const std::lock_guard lock(listeners_mutex_);
  listeners_.push_back(&listener);
  has_listeners_ = true;
}

void Store::remove_listener(ReleaseListener& listener) {
  const std::lock_guard lock(listeners_mutex_);
  std::erase(listeners_, &listener);
  has_listeners_ = !listeners_.empty();
}

void Store::tell_release() {
  if (!has_listeners_) return;
  const std::lock_guard lock(listeners_mutex_);
  for (ReleaseListener* listener : listeners_) listener->on_release();
}

void Store::tell_release(std::span<const std::string_view> keys) {
  if (!has_listeners_) return;
  const std::lock_guard lock(listeners_mutex_);
  for (ReleaseListener* listener : listeners_) {
    for (const std::string_view key : keys) listener->on_release_of(key);
  }
}

}  // namespace penstock::limits
