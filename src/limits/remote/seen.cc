#include "limits/remote/seen.h"

#include <algorithm>
#include <utility>

namespace penstock::limits::remote {

namespace {

using namespace std::chrono_literals;

__extension__ using Wide = unsigned __int128;

/// Others use the same meters: what is older says little.
constexpr auto kFresh = 1s;

std::uint64_t left_at(const Limit& limit, std::uint64_t remaining, std::chrono::nanoseconds age) {
  if (limit.algorithm != Algorithm::kBucket || age.count() <= 0) return remaining;
  const Wide inflow = Wide(limit.capacity) * static_cast<std::uint64_t>(age.count()) /
                      static_cast<std::uint64_t>(std::chrono::nanoseconds(limit.every).count());
  return static_cast<std::uint64_t>(std::min(Wide(remaining) + inflow, Wide(limit.capacity)));
}

}  // namespace

Seen::Entry& Seen::entry(const std::string& key) {
  if (young_.size() >= kMaxEntries && young_.find(key) == young_.end()) {
    old_ = std::exchange(young_, {});
  }
  return young_[key];
}

const Seen::Entry* Seen::find(const std::string& key) const {
  for (const Entries* entries : {&young_, &old_}) {
    const auto found = entries->find(key);
    if (found != entries->end()) return &found->second;
  }
  return nullptr;
}

void Seen::note(const Claim& claim, const Shown& shown, Microseconds server_time,
                MonotonicTime sent) {
  const std::lock_guard lock(mutex_);
  Entry& mine = entry(claim.key);
  const Standing standing = standing_of(*claim.limit, shown, server_time);
  mine.known = true;
  mine.remaining = standing.remaining;
  mine.reset = standing.reset;
  mine.at = sent;
}

void Seen::note_refusal(const Claim& claim, const Shown& shown, Microseconds server_time,
                        MonotonicTime sent) {
  const auto wait = hopeless_for(*claim.limit, shown, claim.amount, server_time);
  if (wait.count() == 0) return;
  const std::lock_guard lock(mutex_);
  Entry& mine = entry(claim.key);
  mine.refused = claim.amount;
  mine.until = sent + wait - 1ms;  // the wait was rounded up
}

std::optional<Refusal> Seen::refusal(const Claim& claim, MonotonicTime now) const {
  const std::lock_guard lock(mutex_);
  const Entry* const known = find(claim.key);
  if (known == nullptr || known->until <= now || claim.amount < known->refused) return std::nullopt;
  using std::chrono::milliseconds;
  const auto age = now - known->at;
  Refusal refusal;
  refusal.why = Refusal::Why::kNotNow;
  refusal.standing.limit = claim.limit;
  refusal.standing.remaining = left_at(*claim.limit, known->remaining, age);
  refusal.standing.reset =
      std::max(std::chrono::ceil<milliseconds>(known->reset - age), milliseconds(0));
  refusal.key = claim.key;
  refusal.retry_after =
      std::max(std::chrono::ceil<milliseconds>(known->until - now), milliseconds(1));
  return refusal;
}

std::optional<std::uint64_t> Seen::remaining(const Claim& claim, MonotonicTime now) const {
  const std::lock_guard lock(mutex_);
  const Entry* const known = find(claim.key);
  if (known == nullptr || !known->known || now - known->at > known->reset) return std::nullopt;
  return left_at(*claim.limit, known->remaining, now - known->at);
}

Seen::Ample Seen::ample(const Claim& claim, MonotonicTime now) const {
  const std::lock_guard lock(mutex_);
  const Entry* const known = find(claim.key);
  if (known == nullptr || !known->known || now - known->at > kFresh) return Ample::kUnknown;
  const std::uint64_t left = left_at(*claim.limit, known->remaining, now - known->at);
  return limits::is_ample(*claim.limit, left, claim.amount) ? Ample::kYes : Ample::kNo;
}

bool Seen::is_not_ample(const Claim& claim, MonotonicTime now) const {
  return ample(claim, now) == Ample::kNo;
}

bool Seen::is_ample(const Claim& claim, MonotonicTime now) const {
  return ample(claim, now) == Ample::kYes;
}

}  // namespace penstock::limits::remote
