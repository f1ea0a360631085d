#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/container/small_vector.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>

#include "limits/memory_store.h"
#include "limits/meter.h"

namespace penstock::limits::internal {

/// A meter and what the table knows about it. Pinned: some reservation points to it. Idle: none
/// does, so only time changes it and `full_at` is exact.
struct Entry : boost::intrusive::set_base_hook<>, boost::intrusive::list_base_hook<> {
  Entry(const Limit& limit, const Moment& moment) : meter(limit, moment) {}

  Meter meter;
  std::size_t pins = 0;
  MonotonicTime full_at;  // while idle
  std::string_view key;   // held by the map
};

/// What a reservation holds of one meter.
struct Hold {
  const Limit* limit;
  Entry* entry;
  std::uint64_t amount;
  Stamp stamp;
};
/// Most requests have no more limits than that.
using Holds = boost::container::small_vector<Hold, 4>;

/// What is behind MemoryStore and its reservations: all meters behind one mutex. Idle ones are
/// ordered by the time they are full again, so that the next one to forget is found at once.
/// Thread-safe.
class Table {
 public:
  Table(MemoryStore& store, const Clock& clock, std::size_t max_meters)
      : store_(store), clock_(clock), max_meters_(max_meters) {}
  ~Table();

  std::variant<Reservation, Refusal> reserve(std::span<const Claim> claims, Care care);
  std::vector<MeterView> list(const Limit& limit, std::string_view key_prefix, std::size_t most);
  Standing look(const Limit& limit, std::string_view key);
  std::size_t size();
  void track_changes();
  std::vector<MeterState> take_changes(std::size_t most);
  void restore(std::span<const MeterState> states);

  bool extend(Holds& holds, std::span<const std::uint64_t> more);
  void settle(const Holds& holds, std::span<const std::uint64_t> used);
  /// Unpins the entries of a settled reservation.
  void release(const Holds& holds);
  std::vector<Standing> standings(const Holds& holds);

 private:
  struct ByFullAt {
    bool operator()(const Entry& a, const Entry& b) const { return a.full_at < b.full_at; }
  };

  Moment moment() const { return {clock_.recent(), &clock_}; }
  /// The pinned entry of the key, a full one if it is new; nullptr: no room.
  Entry* pin(const Claim& claim, const Moment& moment);
  Entry& add(const Claim& claim, const Moment& moment);
  void unpin(Entry& entry, const Moment& moment);
  void undo(Holds& holds, const Moment& moment);
  void note_change(Entry& entry);
  void forget_full_ones(const Moment& moment);
  Refusal no_room(const Claim& claim, const Moment& moment) const;

  MemoryStore& store_;
  const Clock& clock_;
  const std::size_t max_meters_;
  std::mutex mutex_;  // guards what follows and all entries
  // Ordered, because keys come from clients and an ordered map cannot be flooded with collisions.
  std::map<std::string, Entry, std::less<>> entries_;
  boost::intrusive::multiset<Entry, boost::intrusive::compare<ByFullAt>> idle_;
  boost::intrusive::list<Entry> changed_;
  bool tracks_changes_ = false;
  std::map<std::string, MeterState, std::less<>> restored_;  // not asked for yet
};

}  // namespace penstock::limits::internal
