#include "limits/remote/lease.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace penstock::limits::remote {

namespace {

using namespace std::chrono_literals;

/// Requests a second from which on a meter is worth a slice.
constexpr unsigned kHot = 200;
/// A slice lends to at least so many requests, or it is no use.
constexpr std::uint64_t kLeastLoans = 8;
/// Of what is left a slice is at most such a part, over all processes.
constexpr std::uint64_t kPartOfLeft = 4;
/// And at most what flows in in that time, or such a part of the limit over all processes.
constexpr std::chrono::milliseconds kInflow = 100ms;
constexpr std::uint64_t kPartOfLimit = 64;
constexpr auto kIdle = 2s;

__extension__ using Wide = unsigned __int128;

}  // namespace

/// The claim's meter, with this request counted; null: there are too many to keep count of.
Leases::Meter* Leases::count(const Claim& claim, MonotonicTime now) {
  auto found = meters_.find(claim.key);
  if (found == meters_.end()) {
    if (meters_.size() >= kMaxMeters) return nullptr;
    found = meters_.try_emplace(claim.key).first;
    found->second.since = now;
  }
  Meter& meter = found->second;
  if (now - meter.since >= 1s) {
    meter.before = now - meter.since < 2s ? meter.count : 0;
    meter.count = 0;
    meter.since = now;
  }
  ++meter.count;
  return &meter;
}

std::optional<std::vector<Loan>> Leases::lend(std::span<const Claim> claims, MonotonicTime now) {
  std::vector<Loan> loans;
  const std::lock_guard lock(mutex_);
  for (const Claim& claim : claims) {
    const Meter* const meter = count(claim, now);
    if (meter == nullptr || !meter->slice || meter->slice->free < claim.amount) continue;
    loans.push_back({meter->slice, claim.amount});
  }
  if (loans.size() < claims.size()) return std::nullopt;
  for (const Loan& loan : loans) {
    loan.slice->free -= loan.amount;
    loan.slice->used_at = now;
    ++loan.slice->borrowers;
  }
  return loans;
}

std::uint64_t Leases::wanted(const Claim& claim, MonotonicTime now) {
  const auto left = backend_.seen().remaining(claim, now);
  if (!left) return 0;
  const std::uint64_t most = largest(*claim.limit, *left, backend_.shares().processes());
  if (most / kLeastLoans < std::max<std::uint64_t>(claim.amount, 1)) return 0;
  const std::lock_guard lock(mutex_);
  const auto found = meters_.find(claim.key);
  if (found == meters_.end() || found->second.asking) return 0;
  if (std::max(found->second.count, found->second.before) < kHot) return 0;
  found->second.asking = true;
  return most;
}

std::uint64_t Leases::largest(const Limit& limit, std::uint64_t left, std::uint64_t processes) {
  const Wide in_time = Wide(limit.capacity) * static_cast<std::uint64_t>(kInflow.count());
  const auto inflow =
      static_cast<std::uint64_t>(in_time / static_cast<std::uint64_t>(limit.every.count()));
  return std::min(left / (kPartOfLeft * processes),
                  std::max(inflow, limit.capacity / (kPartOfLimit * processes)));
}

void Leases::add(std::shared_ptr<Slice> slice, MonotonicTime now) {
  slice->used_at = now;
  const std::lock_guard lock(mutex_);
  Meter& meter = meters_[slice->held.key];
  retire(meter);
  meter.asking = false;
  meter.slice = std::move(slice);
}

void Leases::give_up(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = meters_.find(key);
  if (found != meters_.end()) found->second.asking = false;
}

/// The slice lends no more: what is not lent goes back, and what was spent is told.
void Leases::retire(Meter& meter) {
  if (!meter.slice) return;
  const std::shared_ptr<Slice> slice = std::exchange(meter.slice, nullptr);
  slice->active = false;
  if (slice->borrowers > 0) {
    slice->server->settle_part(slice->free + slice->spent, slice->spent);
    slice->free = 0;
    slice->spent = 0;
  }
  end_if_returned(*slice);
}

void Leases::end_if_returned(Slice& slice) {
  if (slice.active || slice.borrowers > 0) return;
  slice.server->settle(std::span(&slice.spent, 1));
}

void Leases::settle(const Loan& loan, std::uint64_t used) {
  const std::lock_guard lock(mutex_);
  Slice& slice = *loan.slice;
  --slice.borrowers;
  if (slice.active && used <= loan.amount + slice.free) {
    slice.free = slice.free + loan.amount - used;
    slice.spent += used;
    return;
  }
  slice.server->settle_part(loan.amount, used);
  end_if_returned(slice);
}

std::optional<std::uint64_t> Leases::extend(Loan& loan, std::uint64_t more, Deadline deadline) {
  {
    const std::lock_guard lock(mutex_);
    if (loan.slice->free >= more) {
      loan.slice->free -= more;
      loan.amount += more;
      return more;
    }
  }
  switch (loan.slice->server->try_extend(std::span(&more, 1), deadline)) {
    case ServerHeld::Extended::kYes:
      loan.amount += more;
      return more;
    case ServerHeld::Extended::kNo:
      return std::nullopt;
    case ServerHeld::Extended::kUnasked:
      break;
  }
  return loan.slice->limit.on_store_failure == OnStoreFailure::kClosed
             ? std::nullopt
             : std::optional<std::uint64_t>(0);
}

void Leases::shrink(Loan& loan, std::uint64_t amount) {
  const std::lock_guard lock(mutex_);
  loan.amount -= amount;
  if (loan.slice->active) {
    loan.slice->free += amount;
  } else {
    loan.slice->server->settle_part(amount, 0);
  }
}

void Leases::give_back(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = meters_.find(key);
  if (found != meters_.end()) retire(found->second);
}

void Leases::give_back_idle(MonotonicTime now) {
  const std::lock_guard lock(mutex_);
  for (auto at = meters_.begin(); at != meters_.end();) {
    Meter& meter = at->second;
    if (meter.slice && now - meter.slice->used_at > kIdle) retire(meter);
    const bool forgotten = !meter.slice && !meter.asking && now - meter.since > kIdle;
    at = forgotten ? meters_.erase(at) : std::next(at);
  }
}

void Leases::give_back_all() {
  const std::lock_guard lock(mutex_);
  for (auto& [key, meter] : meters_) retire(meter);
}

bool LentHeld::extend(std::span<const std::uint64_t> more, Deadline deadline) {
  std::vector<std::uint64_t> added(loans_.size());
  for (std::size_t i = 0; i < loans_.size() && i < more.size(); ++i) {
    if (more[i] == 0) continue;
    const auto larger = leases_.extend(loans_[i], more[i], deadline);
    if (larger) {
      added[i] = *larger;
      continue;
    }
    for (std::size_t j = 0; j < i; ++j) leases_.shrink(loans_[j], added[j]);
    return false;
  }
  return true;
}

void LentHeld::settle(std::span<const std::uint64_t> used) noexcept {
  for (std::size_t i = 0; i < loans_.size(); ++i) {
    const std::uint64_t charge = i < used.size() ? std::min(used[i], kMaxCapacity) : 0;
    leases_.settle(loans_[i], charge);
    Standing& standing = standings_[i];
    const std::uint64_t left = standing.remaining + loans_[i].amount;
    standing.remaining = std::min(left - std::min(left, charge), standing.limit->capacity);
  }
  leases_.tell_release();
}

}  // namespace penstock::limits::remote
