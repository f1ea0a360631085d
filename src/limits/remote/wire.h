#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "limits/remote/call.h"
#include "limits/store.h"

namespace penstock::limits::remote {

/// Claims as the scripts read them, and what they say about meters, turned into what stores tell.
/// Pure functions. Times are of the server's clock, in microseconds since the epoch.

using Microseconds = std::int64_t;

/// The period of a calendar that a moment lies in, and where the one behind it ends. Zeros for
/// limits without a calendar.
struct Periods {
  Microseconds begin = 0;
  Microseconds end = 0;
  Microseconds next_end = 0;
};
Periods periods_at(const Limit& limit, Microseconds time);
Microseconds to_microseconds(WallTime time);
inline std::uint64_t microseconds_of(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(std::chrono::microseconds(time).count());
}

/// Appends kind, name, capacity, window, amount, begin, end: seven words.
inline constexpr std::size_t kClaimWords = 7;
void append_claim(std::string& encoded, const Claim& claim, std::uint64_t amount,
                  const Periods& periods);
/// "b", "l", "c", "s".
std::string_view kind_of(const Limit& limit);

/// What `show` of a meter gave: three numbers, whose meaning is the kind's.
struct Shown {
  bool fits = false;
  std::int64_t x = 0;
  std::int64_t y = 0;
  std::int64_t z = 0;
};

/// The reply of reserve.lua and its like.
struct Answer {
  enum class Status { kRefused = 0, kHeld = 1, kNotAmple = 2, kOtherPeriod = 3, kEnded = 4 };
  Status status = Status::kRefused;
  Microseconds time = 0;
  std::vector<Shown> meters{};
};
/// nullopt: the reply is not of that shape, or not about that many meters (but for the last two
/// statuses, which are about none).
std::optional<Answer> read_answer(const Reply& reply, std::size_t meters);

Standing standing_of(const Limit& limit, const Shown& shown, Microseconds time);
MeterView view_of(const Limit& limit, std::string key, const Shown& shown, Microseconds time);
/// How long until the amount fits, if nothing that is held comes back. At least a millisecond.
std::chrono::milliseconds wait_for(const Limit& limit, const Shown& shown, std::uint64_t amount,
                                   Microseconds time);
/// How long it cannot fit whatever happens, everything that is held coming back included.
std::chrono::milliseconds hopeless_for(const Limit& limit, const Shown& shown, std::uint64_t amount,
                                       Microseconds time);

}  // namespace penstock::limits::remote
