#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "limits/limit.h"
#include "limits/moment.h"

namespace penstock::limits::internal {

/// The meter of Algorithm::kLog: each admission counts until it is a window old, or settled if that
/// is later. So never more than the capacity is admitted within a window, and a settlement corrects
/// the admission in its place. Not thread-safe.
///
/// Remembers each admission, up to a thousand and those that are held. Of more, the oldest two
/// count as one at the time of the later: then it grants later than it could, never more.
class Log {
 public:
  Log(const Limit& limit, const Moment& moment);
  /// Charges what a process before this one had used at `at`, as one admission of that time.
  void restore(std::uint64_t used, WallTime at, const Moment& moment);

  /// Forgets what is a window old. Time that goes backwards counts as none.
  void advance(const Moment& moment);
  std::optional<Stamp> take(std::uint64_t amount);
  bool extend(Stamp stamp, std::uint64_t more);
  /// More than was held becomes debt, of one capacity at most.
  void settle(Stamp stamp, std::uint64_t taken, std::uint64_t used);

  std::uint64_t remaining() const { return total_ >= capacity_ ? 0 : capacity_ - total_; }
  std::uint64_t reserved() const { return held_; }
  std::uint64_t used() const { return total_ - held_; }
  std::chrono::nanoseconds time_to(std::uint64_t amount) const;
  std::chrono::nanoseconds reset() const;

 private:
  struct Entry {
    MonotonicTime at;
    std::uint64_t amount = 0;
    bool held = false;
  };
  static constexpr std::size_t kMostSettled = 1000;

  void keep_settled_few();
  std::chrono::nanoseconds age_left(const Entry& entry) const;

  std::uint64_t capacity_;
  std::chrono::nanoseconds window_;
  MonotonicTime now_;
  std::map<Stamp, Entry> entries_;  // in the order of their times
  Stamp next_ = 1;
  std::uint64_t total_ = 0;
  std::uint64_t held_ = 0;
  std::size_t settled_ = 0;  // entries
};

}  // namespace penstock::limits::internal
