#include "limits/table.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

namespace penstock::limits::internal {
namespace {

using std::chrono::ceil;
using std::chrono::milliseconds;

/// Nobody knows when a request ends: whoever comes for a slot again comes so much later.
constexpr milliseconds kRetryForSlot{1000};

Standing standing_of(const Limit& limit, const Meter& meter) {
  return {&limit, meter.remaining(), ceil<milliseconds>(meter.reset())};
}

Refusal refuse(const Claim& claim, const Meter& meter) {
  Refusal refusal{Refusal::Why::kNeverFits, standing_of(*claim.limit, meter), claim.key,
                  milliseconds(0)};
  if (claim.amount > meter.capacity()) return refusal;
  refusal.why = Refusal::Why::kNotNow;
  refusal.retry_after = claim.limit->algorithm == Algorithm::kSlots
                            ? kRetryForSlot
                            : ceil<milliseconds>(meter.time_to(claim.amount));
  return refusal;
}

/// What waiting cannot cure comes before the longest wait.
bool worse(const Refusal& a, const Refusal& b) {
  const auto rank = [](const Refusal& refusal) {
    return std::tuple(refusal.why == Refusal::Why::kNeverFits, refusal.retry_after);
  };
  return rank(a) > rank(b);
}

/// A reservation of the table.
class TableHeld final : public Held {
 public:
  TableHeld(Table& table, std::size_t most) : table_(table) { holds_.reserve(most); }
  ~TableHeld() override {
    if (!holds_.empty()) table_.release(holds_);
  }

  Holds& holds() noexcept { return holds_; }

  bool extend(std::span<const std::uint64_t> more, Deadline) override {
    return table_.extend(holds_, more);
  }
  void settle(std::span<const std::uint64_t> used) noexcept override {
    table_.settle(holds_, used);
  }
  std::vector<Standing> standings() const override { return table_.standings(holds_); }

 private:
  Table& table_;
  Holds holds_;
};

}  // namespace

Table::~Table() {
  idle_.clear();
  changed_.clear();
}

std::variant<Reservation, Refusal> Table::reserve(std::span<const Claim> claims, Care care) {
  // Outlives the lock: should memory run out below, it gives back what it holds by then.
  Reservation reservation;
  auto held = std::make_unique<TableHeld>(*this, claims.size());
  Holds& holds = held->holds();
  reservation = Reservation(std::move(held));

  const std::lock_guard lock(mutex_);
  const Moment now = moment();
  std::optional<Refusal> refusal;
  for (const Claim& claim : claims) {
    Entry* entry = pin(claim, now);
    if (entry == nullptr) {
      refusal = no_room(claim, now);
      break;
    }
    Meter& meter = entry->meter;
    meter.advance(now);
    const bool careful =
        care == Care::kTake || is_ample(*claim.limit, meter.remaining(), claim.amount);
    if (const auto stamp = careful ? meter.take(claim.amount) : std::nullopt) {
      holds.push_back({claim.limit, entry, claim.amount, *stamp});
      note_change(*entry);
      continue;
    }
    Refusal another = refuse(claim, meter);
    if (!careful) another = {Refusal::Why::kNotAmple, another.standing, claim.key, {}};
    if (!refusal || worse(another, *refusal)) refusal = std::move(another);
    unpin(*entry, now);
  }
  if (!refusal) return reservation;
  undo(holds, now);
  return std::move(*refusal);
}

void Table::undo(Holds& holds, const Moment& moment) {
  for (const Hold& hold : holds) {
    hold.entry->meter.settle(hold.stamp, hold.amount, 0);
    unpin(*hold.entry, moment);
  }
  holds.clear();
}

bool Table::extend(Holds& holds, std::span<const std::uint64_t> more) {
  const std::lock_guard lock(mutex_);
  const Moment now = moment();
  for (std::size_t i = 0; i < holds.size(); ++i) {
    if (more[i] == 0) continue;
    holds[i].entry->meter.advance(now);
    if (holds[i].entry->meter.remaining() < more[i]) return false;
  }
  for (std::size_t i = 0; i < holds.size(); ++i) {
    Hold& hold = holds[i];
    // It can fail where two claims are of one meter. Then too much is held, until the settlement.
    if (more[i] == 0 || !hold.entry->meter.extend(hold.stamp, more[i])) continue;
    hold.amount += more[i];
    note_change(*hold.entry);
  }
  return true;
}

void Table::settle(const Holds& holds, std::span<const std::uint64_t> used) {
  {
    const std::lock_guard lock(mutex_);
    const Moment now = moment();
    for (std::size_t i = 0; i < holds.size(); ++i) {
      const Hold& hold = holds[i];
      hold.entry->meter.advance(now);  // up to now it was held, and refilled only that far
      hold.entry->meter.settle(hold.stamp, hold.amount, used.empty() ? 0 : used[i]);
      note_change(*hold.entry);
    }
  }
  boost::container::small_vector<std::string_view, 8> keys;  // pinned, so they stay
  for (const Hold& hold : holds) keys.push_back(hold.entry->key);
  store_.tell_release(keys);
}

void Table::release(const Holds& holds) {
  const std::lock_guard lock(mutex_);
  const Moment now = moment();
  for (const Hold& hold : holds) unpin(*hold.entry, now);
}

std::vector<Standing> Table::standings(const Holds& holds) {
  std::vector<Standing> standings;
  standings.reserve(holds.size());
  const std::lock_guard lock(mutex_);
  const Moment now = moment();
  for (const Hold& hold : holds) {
    hold.entry->meter.advance(now);
    standings.push_back(standing_of(*hold.limit, hold.entry->meter));
  }
  return standings;
}

Standing Table::look(const Limit& limit, std::string_view key) {
  const std::lock_guard lock(mutex_);
  const Moment now = moment();
  const auto found = entries_.find(key);
  if (found == entries_.end()) return standing_of(limit, Meter(limit, now));
  found->second.meter.advance(now);
  return standing_of(limit, found->second.meter);
}

std::vector<MeterView> Table::list(const Limit&, std::string_view key_prefix, std::size_t most) {
  std::vector<MeterView> views;
  const std::lock_guard lock(mutex_);
  const Moment now = moment();
  for (auto at = entries_.lower_bound(key_prefix); at != entries_.end(); ++at) {
    if (!at->first.starts_with(key_prefix) || views.size() == most) break;
    Meter& meter = at->second.meter;
    meter.advance(now);
    views.push_back({at->first, meter.used(), meter.reserved(), meter.remaining(),
                     ceil<milliseconds>(meter.reset())});
  }
  return views;
}

std::size_t Table::size() {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void Table::track_changes() {
  const std::lock_guard lock(mutex_);
  tracks_changes_ = true;
}

std::vector<MeterState> Table::take_changes(std::size_t most) {
  std::vector<MeterState> states;
  const std::lock_guard lock(mutex_);
  const Moment now = moment();
  const WallTime wall = now.wall();
  while (!changed_.empty() && states.size() < most) {
    Entry& entry = changed_.front();
    entry.meter.advance(now);
    const auto reset = std::chrono::ceil<WallTime::duration>(entry.meter.reset());
    const std::uint64_t used = entry.meter.used() + entry.meter.reserved();
    states.push_back({std::string(entry.key), reset.count() == 0 ? 0 : used, wall, wall + reset});
    changed_.pop_front();
  }
  return states;
}

void Table::restore(std::span<const MeterState> states) {
  const std::lock_guard lock(mutex_);
  for (const MeterState& state : states) {
    if (restored_.size() < max_meters_) restored_.insert_or_assign(state.key, state);
  }
}

Entry* Table::pin(const Claim& claim, const Moment& moment) {
  const auto found = entries_.find(claim.key);
  if (found == entries_.end()) {
    forget_full_ones(moment);
    if (entries_.size() >= max_meters_) return nullptr;
    Entry& entry = add(claim, moment);
    entry.pins = 1;
    return &entry;
  }
  Entry& entry = found->second;
  if (static_cast<boost::intrusive::set_base_hook<>&>(entry).is_linked()) {
    idle_.erase(idle_.iterator_to(entry));
  }
  ++entry.pins;
  return &entry;
}

Entry& Table::add(const Claim& claim, const Moment& moment) {
  const auto added = entries_.try_emplace(claim.key, *claim.limit, moment).first;
  Entry& entry = added->second;
  entry.key = added->first;
  if (const auto earlier = restored_.find(claim.key); earlier != restored_.end()) {
    entry.meter.restore(earlier->second.used, earlier->second.at, moment);
    restored_.erase(earlier);
  }
  return entry;
}

void Table::unpin(Entry& entry, const Moment& moment) {
  if (--entry.pins > 0) return;
  entry.full_at = moment.monotonic + entry.meter.reset();
  idle_.insert(entry);
}

void Table::note_change(Entry& entry) {
  if (!tracks_changes_) return;
  if (static_cast<boost::intrusive::list_base_hook<>&>(entry).is_linked()) return;
  changed_.push_back(entry);
}

void Table::forget_full_ones(const Moment& moment) {
  // Two for each new one: the table shrinks to those in use, and no request pays for a long sweep.
  for (int i = 0; i < 2 && !idle_.empty() && idle_.begin()->full_at <= moment.monotonic; ++i) {
    Entry& full = *idle_.begin();
    idle_.erase(idle_.begin());
    if (static_cast<boost::intrusive::list_base_hook<>&>(full).is_linked()) {
      changed_.erase(changed_.iterator_to(full));
    }
    entries_.erase(entries_.find(full.key));
  }
}

Refusal Table::no_room(const Claim& claim, const Moment& moment) const {
  milliseconds wait = std::chrono::seconds(1);  // all are held: nobody knows for how long
  if (!idle_.empty()) wait = ceil<milliseconds>(idle_.begin()->full_at - moment.monotonic);
  return {Refusal::Why::kNoRoom, {claim.limit, 0, wait}, claim.key, wait};
}

}  // namespace penstock::limits::internal
