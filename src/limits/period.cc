#include "limits/period.h"

#include <algorithm>

#include "base/check.h"

namespace penstock::limits::internal {

using std::chrono::nanoseconds;

namespace {

/// Debt is one capacity at most.
std::uint64_t sum_of_used(std::uint64_t a, std::uint64_t b, std::uint64_t capacity) {
  const std::uint64_t most = 2 * capacity;
  return std::min(a + std::min(b, most), most);
}

}  // namespace

Period::Period(const Limit& limit, const Moment& moment)
    : capacity_(std::clamp<std::uint64_t>(limit.capacity, 1, kMaxCapacity)),
      calendar_(limit.calendar),
      now_(moment.wall()),
      ticks_(moment.monotonic),
      entered_(ticks_) {
  PENSTOCK_CHECK(calendar_ != nullptr, "a limit by the calendar has one");
  span_ = calendar_->span_of(now_);
}

void Period::advance(const Moment& moment) {
  const WallTime now = moment.wall();
  now_ = now;
  ticks_ = moment.monotonic;
  const nanoseconds outlived_for = ticks_ - entered_ - length();
  if (now < span_.begin && outlived_for >= nanoseconds(0)) {
    // What was used stays: a grant here and one at the end of that span would be one too many.
    span_ = calendar_->span_of(now - outlived_for);
  }
  if (now >= span_.end) enter(calendar_->span_of(now));
}

void Period::enter(Calendar::Span span) {
  span_ = span;
  entered_ = ticks_;
  ++stamp_;
  previous_ = current_;
  current_ = {};
}

Period::Count* Period::find(Stamp stamp) {
  if (stamp == stamp_) return &current_;
  return stamp + 1 == stamp_ ? &previous_ : nullptr;
}

bool Period::hold(Count& count, std::uint64_t amount) const {
  const std::uint64_t gone = count.used + count.held;
  if (gone > capacity_ || amount > capacity_ - gone) return false;
  count.held += amount;
  return true;
}

std::optional<Stamp> Period::take(std::uint64_t amount) {
  return hold(current_, amount) ? std::optional(stamp_) : std::nullopt;
}

bool Period::extend(Stamp stamp, std::uint64_t more) {
  Count* count = find(stamp);
  return count != nullptr && hold(*count, more);
}

void Period::settle(Stamp stamp, std::uint64_t taken, std::uint64_t used) {
  Count* count = find(stamp);
  if (count == nullptr) return;  // nobody asks any more how much was left there
  PENSTOCK_CHECK(taken <= count->held, "what is settled was held in its span");
  count->held -= taken;
  count->used = sum_of_used(count->used, used, capacity_);
}

void Period::restore(std::uint64_t used, WallTime at, const Moment&) {
  const Calendar::Span span = calendar_->span_of(at);
  if (span.begin < span_.begin) return;
  if (span.begin > span_.begin) enter(span);
  current_.used = sum_of_used(current_.used, used, capacity_);
}

std::uint64_t Period::remaining() const {
  const std::uint64_t gone = current_.used + current_.held;
  return gone >= capacity_ ? 0 : capacity_ - gone;
}

nanoseconds Period::time_to(std::uint64_t amount) const {
  const std::uint64_t gone = current_.used + current_.held;
  if (gone <= capacity_ && amount <= capacity_ - gone) return nanoseconds(0);
  const nanoseconds by_wall = span_.end - now_;
  if (now_ >= span_.begin) return by_wall;
  const WallTime outlived = now_ + (length() - (ticks_ - entered_));
  return std::min<nanoseconds>(by_wall, calendar_->span_of(outlived).end - now_);
}

nanoseconds Period::reset() const {
  if (current_.used + current_.held == 0) return nanoseconds(0);
  return std::max<nanoseconds>(span_.end - now_, nanoseconds(0));
}

}  // namespace penstock::limits::internal
