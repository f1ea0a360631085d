#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include <boost/intrusive/set.hpp>

#include "limits/bucket.h"
#include "limits/buckets.h"

namespace penstock::limits::internal {

/// A bucket and what the table knows about it. Pinned: some reservation points to it. Idle: none
/// does, so only time changes it and `full_at` is exact.
struct Entry : boost::intrusive::set_base_hook<> {
  Entry(const Limit& limit, MonotonicTime now) : bucket(limit, now) {}

  Bucket bucket;
  std::size_t pins = 0;
  MonotonicTime full_at;  // while idle
  std::string_view key;   // held by the map
};

/// What is behind Buckets and its reservations: all buckets behind one mutex. Idle ones are ordered
/// by the time they are full again, so that the next one to forget is found at once. Thread-safe.
class Table {
 public:
  Table(const Clock& clock, std::size_t max_buckets) : clock_(clock), max_buckets_(max_buckets) {}

  std::variant<Reservation, Refusal> reserve(std::span<const Claim> claims, std::uint64_t amount);
  Standing look(const Claim& claim);
  std::vector<BucketView> list(std::string_view key_prefix, std::size_t most);
  std::size_t size();

  /// Charges `used` for what the reservation holds.
  void settle(const Reservation& reservation, std::uint64_t used);
  /// Unpins the entries of a settled reservation.
  void release(const Reservation& reservation);
  Standing tightest(const Reservation& reservation);

 private:
  struct ByFullAt {
    bool operator()(const Entry& a, const Entry& b) const { return a.full_at < b.full_at; }
  };

  /// The pinned entry of the key, a full one if it is new; nullptr: no room.
  Entry* pin(const Claim& claim, MonotonicTime now);
  void unpin(Entry& entry);
  void forget_full_ones(MonotonicTime now);
  Refusal no_room(const Claim& claim, MonotonicTime now) const;

  const Clock& clock_;
  const std::size_t max_buckets_;
  std::mutex mutex_;  // guards what follows and all entries
  // Ordered, because keys come from clients and an ordered map cannot be flooded with collisions.
  std::map<std::string, Entry, std::less<>> entries_;
  boost::intrusive::multiset<Entry, boost::intrusive::compare<ByFullAt>> idle_;
};

}  // namespace penstock::limits::internal
