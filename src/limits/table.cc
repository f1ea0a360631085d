#include "limits/table.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <tuple>
#include <utility>

namespace penstock::limits::internal {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;

Standing standing_of(const Limit& limit, const Bucket& bucket) {
  return {&limit, bucket.remaining(), ceil<milliseconds>(bucket.time_to(bucket.capacity()))};
}

Refusal refuse(const Limit& limit, const Bucket& bucket, std::uint64_t amount) {
  Refusal refusal{Refusal::Why::kNeverFits, standing_of(limit, bucket), milliseconds(0)};
  if (amount <= bucket.capacity()) {
    refusal.why = Refusal::Why::kNotNow;
    refusal.retry_after = ceil<milliseconds>(bucket.time_to(amount));
  }
  return refusal;
}

/// What waiting cannot cure comes before the longest wait.
bool worse(const Refusal& a, const Refusal& b) {
  const auto rank = [](const Refusal& refusal) {
    return std::tuple(refusal.why == Refusal::Why::kNeverFits, refusal.retry_after);
  };
  return rank(a) > rank(b);
}

bool tighter(const Standing& a, const Standing& b) {
  __extension__ using Wide = unsigned __int128;
  return Wide{a.remaining} * b.limit->capacity < Wide{b.remaining} * a.limit->capacity;
}

}  // namespace

std::variant<Reservation, Refusal> Table::reserve(std::span<const Claim> claims,
                                                  std::uint64_t amount) {
  // Declared before the lock: should memory run out below, it gives back what it holds by then.
  Reservation reservation;
  reservation.holds_.reserve(claims.size());
  reservation.amount_ = amount;
  reservation.table_ = this;
  reservation.settled_ = false;

  const std::lock_guard lock(mutex_);
  const MonotonicTime now = clock_.recent();
  std::optional<Refusal> refusal;
  for (const Claim& claim : claims) {
    Entry* entry = pin(claim, now);
    if (entry == nullptr) {
      refusal = no_room(claim, now);
      break;
    }
    entry->bucket.refill(now);
    if (entry->bucket.take(amount)) {
      reservation.holds_.push_back({claim.limit, entry});
      continue;
    }
    const Refusal another = refuse(*claim.limit, entry->bucket, amount);
    if (!refusal || worse(another, *refusal)) refusal = another;
    unpin(*entry);
  }
  if (!refusal) return reservation;

  for (const auto& hold : reservation.holds_) {
    hold.entry->bucket.put_back(amount);
    unpin(*hold.entry);
  }
  reservation.holds_.clear();
  return *refusal;
}

Standing Table::look(const Claim& claim) {
  const std::lock_guard lock(mutex_);
  const MonotonicTime now = clock_.recent();
  const auto found = entries_.find(claim.key);
  if (found == entries_.end()) return standing_of(*claim.limit, Bucket(*claim.limit, now));
  Bucket bucket = found->second.bucket;
  bucket.refill(now);
  return standing_of(*claim.limit, bucket);
}

std::vector<BucketView> Table::list(std::string_view key_prefix, std::size_t most) {
  std::vector<BucketView> views;
  const std::lock_guard lock(mutex_);
  const MonotonicTime now = clock_.recent();
  for (auto at = entries_.lower_bound(key_prefix); at != entries_.end(); ++at) {
    if (!at->first.starts_with(key_prefix) || views.size() == most) break;
    Bucket bucket = at->second.bucket;
    bucket.refill(now);
    views.push_back({at->first, bucket.remaining()});
  }
  return views;
}

std::size_t Table::size() {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void Table::settle(const Reservation& reservation, std::uint64_t used) {
  const std::lock_guard lock(mutex_);
  const MonotonicTime now = clock_.recent();
  for (const auto& hold : reservation.holds_) {
    hold.entry->bucket.refill(now);  // up to now it was held, and refilled only that far
    hold.entry->bucket.settle(reservation.amount_, used);
  }
}

void Table::release(const Reservation& reservation) {
  const std::lock_guard lock(mutex_);
  for (const auto& hold : reservation.holds_) unpin(*hold.entry);
}

Standing Table::tightest(const Reservation& reservation) {
  const std::lock_guard lock(mutex_);
  const MonotonicTime now = clock_.recent();
  std::optional<Standing> tightest;
  for (const auto& hold : reservation.holds_) {
    hold.entry->bucket.refill(now);
    const Standing standing = standing_of(*hold.limit, hold.entry->bucket);
    if (!tightest || tighter(standing, *tightest)) tightest = standing;
  }
  return tightest.value_or(Standing{});
}

Entry* Table::pin(const Claim& claim, MonotonicTime now) {
  auto found = entries_.find(claim.key);
  if (found == entries_.end()) {
    forget_full_ones(now);
    if (entries_.size() >= max_buckets_) return nullptr;
    found = entries_.try_emplace(claim.key, *claim.limit, now).first;
    found->second.key = found->first;
  }
  Entry& entry = found->second;
  if (entry.is_linked()) idle_.erase(idle_.iterator_to(entry));
  ++entry.pins;
  return &entry;
}

void Table::unpin(Entry& entry) {
  if (--entry.pins > 0) return;
  entry.full_at = entry.bucket.full_at();
  idle_.insert(entry);
}

void Table::forget_full_ones(MonotonicTime now) {
  // Two for each new one: the table shrinks to those in use, and no request pays for a long sweep.
  for (int i = 0; i < 2 && !idle_.empty() && idle_.begin()->full_at <= now; ++i) {
    const auto forgotten = entries_.find(idle_.begin()->key);
    idle_.erase(idle_.begin());
    entries_.erase(forgotten);
  }
}

Refusal Table::no_room(const Claim& claim, MonotonicTime now) const {
  milliseconds wait = std::chrono::seconds(1);  // all are held: nobody knows for how long
  if (!idle_.empty()) wait = ceil<milliseconds>(idle_.begin()->full_at - now);
  return {Refusal::Why::kNoRoom, {claim.limit, 0, wait}, wait};
}

}  // namespace penstock::limits::internal
