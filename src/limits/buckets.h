#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "penstock/clock.h"

namespace penstock::limits {

/// The largest limit there is: arithmetic below it cannot overflow.
inline constexpr std::uint64_t kMaxCapacity = 1'000'000'000'000'000;
inline constexpr std::chrono::milliseconds kMaxWindow = std::chrono::hours(24 * 366);

/// A limit on an amount over time.
struct Limit {
  std::string name;            // for messages and metrics
  std::uint64_t capacity = 0;  // granted per window, also the largest burst; 1..kMaxCapacity
  std::chrono::milliseconds every{0};  // the window; 1 ms..kMaxWindow
};

/// One limit applied to one key: the bucket named `key`.
struct Claim {
  const Limit* limit = nullptr;  // outlives the reservation
  std::string key;  // unique for (capacity, window, what is limited); of bounded length
};

/// State of a bucket as the client may see it.
struct Standing {
  const Limit* limit = nullptr;
  std::uint64_t remaining = 0;  // what could be reserved now
  std::chrono::milliseconds reset{
      0};  // until the bucket is full again, if all that is held is used
};

/// A bucket for people to look at.
struct BucketView {
  std::string key;
  std::uint64_t remaining = 0;
};

/// A limit of the configuration for people to look at.
struct LimitView {
  Limit limit;
  std::string key_prefix;  // of all its buckets' keys
  /// Says in words what a bucket counts, from its key behind the prefix: "key `ci`".
  std::string (*subject)(std::string_view rest_of_key) = nullptr;
};

namespace internal {
class Table;
struct Entry;
}  // namespace internal

/// Tokens held for one exchange in all its buckets. Gives everything back when it dies unsettled.
/// Its buckets are remembered as long as it lives, also when it is settled. Move-only; one thread
/// at a time. Outlived by its Buckets.
class Reservation {
 public:
  Reservation() = default;
  Reservation(Reservation&& other) noexcept;
  /// What this held before is given back.
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation();

  /// Charges what was really used instead of what was held; more than that becomes debt, down to
  /// minus one capacity. Only the first call counts.
  void settle(std::uint64_t used);
  /// The bucket with the least left, relative to its capacity, at this moment. Not of an empty one.
  Standing tightest() const;

 private:
  friend class internal::Table;
  struct Hold {
    const Limit* limit;
    internal::Entry* entry;
  };
  void drop() noexcept;

  internal::Table* table_ = nullptr;
  std::vector<Hold> holds_;
  std::uint64_t amount_ = 0;
  bool settled_ = true;
};

/// Why a reservation was refused.
struct Refusal {
  enum class Why {
    kNotNow,     // too little is left
    kNeverFits,  // more was asked for than the whole limit: waiting cannot help
    kNoRoom,     // too many buckets are in use; no new one is granted
  };
  Why why = Why::kNotNow;
  Standing standing;                         // of the limit that refused
  std::chrono::milliseconds retry_after{0};  // at the earliest; 0 for kNeverFits
};

/// Token buckets of all limits and keys, with reserve and settle.
///
///   auto result = buckets.reserve(claims, 600);
///   if (auto* lease = std::get_if<Reservation>(&result)) { ...; lease->settle(412); }
///
/// Exact: in any span of time T no more than capacity + rate x T is admitted, however many threads
/// reserve at once and however long they hold. A bucket refills only up to capacity - held, because
/// a plain refund would keep what should have overflowed meanwhile and so admit more.
///
/// Bounded: at most `max_buckets`. A bucket that is full again and held by nobody is forgotten when
/// room is needed, the one that was full first before others; that changes nothing, since a new one
/// starts full. When there is none such, a new key is refused, never granted anew.
///
/// Thread-safe: one mutex, held for well under a microsecond and never over a suspension.
class Buckets {
 public:
  /// `clock` outlives this.
  explicit Buckets(const Clock& clock, std::size_t max_buckets = 1'000'000);
  ~Buckets();

  /// All or nothing over the claims. Of several that refuse, the one to wait longest for is told.
  std::variant<Reservation, Refusal> reserve(std::span<const Claim> claims, std::uint64_t amount);
  /// The state of a bucket, without holding anything.
  Standing look(const Claim& claim) const;
  /// The remembered buckets whose keys begin so, ordered by key, at most `most` of them.
  std::vector<BucketView> list(std::string_view key_prefix, std::size_t most) const;
  /// How many buckets are remembered.
  std::size_t size() const;

 private:
  std::unique_ptr<internal::Table> table_;
};

}  // namespace penstock::limits
