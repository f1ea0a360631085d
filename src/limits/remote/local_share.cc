#include "limits/remote/local_share.h"

#include <algorithm>
#include <chrono>

namespace penstock::limits::remote {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

bool refills(const Limit& limit) {
  return limit.algorithm == Algorithm::kBucket || limit.algorithm == Algorithm::kLog;
}

}  // namespace

LocalShares::Share LocalShares::make(const Claim& claim, std::optional<std::uint64_t> left) const {
  const Limit& limit = *claim.limit;
  const std::uint64_t processes = processes_;
  const std::uint64_t granted = std::max<std::uint64_t>(limit.capacity / processes, 1);
  Share share;
  if (refills(limit)) {
    share.scale = std::max<std::int64_t>(nanoseconds(limit.every).count(), 1);
    share.inflow = granted;
  }
  share.capacity = granted * share.scale;
  share.available = share.capacity;
  if (left && limit.algorithm != Algorithm::kSlots) {
    share.available = std::min(share.available, Parts{*left / processes} * share.scale);
  }
  share.refilled = clock_.recent();
  if (limit.calendar) share.period_end = limit.calendar->span_of(clock_.wall_now()).end;
  return share;
}

void LocalShares::refill(const Limit& limit, Share& share) const {
  const MonotonicTime now = clock_.recent();
  if (now > share.refilled) {
    const Parts elapsed = std::min<Parts>((now - share.refilled).count(), 2 * share.scale);
    share.available = std::min(share.available + elapsed * share.inflow,
                               std::max(share.available, share.capacity - share.held));
    share.refilled = now;
  }
  const WallTime wall = clock_.wall_now();
  if (wall >= share.period_end) {
    share.available = share.capacity - share.held;
    share.period_end = limit.calendar->span_of(wall).end;
  }
}

Standing LocalShares::standing_of(const Limit& limit, const Share& share) const {
  Standing standing{&limit, 0, milliseconds(0)};
  if (share.available > 0) {
    standing.remaining = static_cast<std::uint64_t>(share.available / share.scale);
  }
  if (share.inflow > 0) {
    const Parts missing = std::max<Parts>(share.capacity - share.available, 0);
    standing.reset = std::chrono::ceil<milliseconds>(
        nanoseconds(static_cast<std::int64_t>((missing + share.inflow - 1) / share.inflow)));
  } else if (limit.calendar) {
    standing.reset = std::chrono::ceil<milliseconds>(share.period_end - clock_.wall_now());
  }
  return standing;
}

std::optional<Refusal> LocalShares::take(const Claim& claim, std::optional<std::uint64_t> left) {
  const std::lock_guard lock(mutex_);
  auto found = shares_.find(claim.key);
  if (found == shares_.end()) {
    if (shares_.size() >= kMaxShares) {
      return Refusal{Refusal::Why::kNoRoom, {claim.limit, 0, 1s}, claim.key, 1s};
    }
    found = shares_.try_emplace(claim.key, make(claim, left)).first;
  }
  Share& share = found->second;
  refill(*claim.limit, share);
  const Parts amount = Parts{claim.amount} * share.scale;
  if (amount <= share.available) {
    share.available -= amount;
    share.held += amount;
    return std::nullopt;
  }
  Refusal refusal{Refusal::Why::kNotNow, standing_of(*claim.limit, share), claim.key, 1s};
  if (amount > share.capacity) {
    refusal.why = Refusal::Why::kStoreDown;  // it may fit into the whole limit
  } else if (share.inflow > 0) {
    const Parts missing = amount - share.available;
    refusal.retry_after = std::chrono::ceil<milliseconds>(
        nanoseconds(static_cast<std::int64_t>((missing + share.inflow - 1) / share.inflow)));
  }
  return refusal;
}

void LocalShares::settle(const Claim& claim, std::uint64_t taken, std::uint64_t used) {
  const std::lock_guard lock(mutex_);
  const auto found = shares_.find(claim.key);
  if (found == shares_.end()) return;  // of an outage that is over
  Share& share = found->second;
  refill(*claim.limit, share);
  if (claim.limit->algorithm == Algorithm::kSlots) used = 0;
  const Parts held = std::min(Parts{taken} * share.scale, share.held);
  share.held -= held;
  share.available = std::max(share.available + held - Parts{used} * share.scale, -share.capacity);
}

Standing LocalShares::standing(const Claim& claim) const {
  const std::lock_guard lock(mutex_);
  const auto found = shares_.find(claim.key);
  if (found == shares_.end()) return {claim.limit, claim.limit->capacity, milliseconds(0)};
  return standing_of(*claim.limit, found->second);
}

void LocalShares::clear() {
  const std::lock_guard lock(mutex_);
  shares_.clear();
}

}  // namespace penstock::limits::remote
