#include "limits/log.h"

#include <algorithm>
#include <iterator>

namespace penstock::limits::internal {

using std::chrono::nanoseconds;

Log::Log(const Limit& limit, const Moment& moment)
    : capacity_(limit.capacity), window_(limit.every), now_(moment.monotonic) {}

void Log::restore(std::uint64_t used, WallTime at, const Moment& moment) {
  const nanoseconds ago = moment.wall() - at;
  if (used == 0 || ago >= window_) return;
  const std::uint64_t kept = std::min(used, 2 * capacity_);
  entries_.emplace(next_++, Entry{now_ - std::max(ago, nanoseconds(0)), kept});
  total_ += kept;
  ++settled_;
}

void Log::advance(const Moment& moment) {
  now_ = std::max(now_, moment.monotonic);
  for (auto at = entries_.begin(); at != entries_.end() && now_ - at->second.at >= window_;) {
    if (at->second.held) {
      ++at;
      continue;
    }
    total_ -= at->second.amount;
    --settled_;
    at = entries_.erase(at);
  }
}

std::optional<Stamp> Log::take(std::uint64_t amount) {
  if (remaining() < amount) return std::nullopt;
  entries_.emplace(next_, Entry{now_, amount, true});
  total_ += amount;
  held_ += amount;
  return next_++;
}

bool Log::extend(Stamp stamp, std::uint64_t more) {
  if (remaining() < more) return false;
  entries_.at(stamp).amount += more;
  total_ += more;
  held_ += more;
  return true;
}

void Log::settle(Stamp stamp, std::uint64_t taken, std::uint64_t used) {
  const auto found = entries_.find(stamp);
  held_ -= taken;
  total_ -= taken;
  const std::uint64_t room = 2 * capacity_ > total_ ? 2 * capacity_ - total_ : 0;
  found->second.amount = std::min(used, room);
  found->second.held = false;
  total_ += found->second.amount;
  if (found->second.amount == 0) {
    entries_.erase(found);
    return;
  }
  ++settled_;
  keep_settled_few();
}

void Log::keep_settled_few() {
  if (settled_ <= kMostSettled) return;
  const auto is_settled = [](const auto& entry) { return !entry.second.held; };
  const auto oldest = std::find_if(entries_.begin(), entries_.end(), is_settled);
  const auto next = std::find_if(std::next(oldest), entries_.end(), is_settled);
  next->second.amount += oldest->second.amount;
  entries_.erase(oldest);
  --settled_;
}

nanoseconds Log::time_to(std::uint64_t amount) const {
  if (remaining() >= amount) return nanoseconds(0);
  std::uint64_t missing = amount + total_ - capacity_;
  for (const auto& [stamp, entry] : entries_) {
    if (entry.amount >= missing) return age_left(entry);
    missing -= entry.amount;
  }
  return window_;
}

nanoseconds Log::reset() const {
  return entries_.empty() ? nanoseconds(0) : age_left(entries_.rbegin()->second);
}

nanoseconds Log::age_left(const Entry& entry) const {
  // One that is held may be settled any moment, and is of age then.
  return std::max(entry.at + window_ - now_, nanoseconds(0));
}

}  // namespace penstock::limits::internal
