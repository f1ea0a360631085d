#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "limits/calendar.h"

namespace penstock::limits {

/// The largest limit there is: arithmetic below it cannot overflow, and Lua's numbers, which are
/// doubles, hold it exactly.
inline constexpr std::uint64_t kMaxCapacity = 1'000'000'000'000'000;
inline constexpr std::chrono::milliseconds kMaxWindow = std::chrono::hours(24 * 366);

/// What a limit counts.
enum class Unit {
  kRequests,
  kTokens,  // input and output, each with its weight
  kInputTokens,
  kOutputTokens,
  kNanodollars,
  kConcurrent,  // requests that have not ended
};

/// How what was used comes back.
enum class Algorithm {
  kBucket,    // evenly, until the bucket is full
  kLog,       // each amount when it is `every` old; exact in every window, memory for each request
  kCalendar,  // all at once, when the next period of the calendar begins
  kSlots,     // when the request ends
};

/// What happens to requests while the store of a limit cannot be asked.
enum class OnStoreFailure {
  kLocal,   // this process grants its share and tells the store later what was used
  kOpen,    // they pass
  kClosed,  // they are refused
};

/// A limit on an amount over time.
struct Limit {
  std::string name;  // for messages and metrics
  Unit unit = Unit::kTokens;
  Algorithm algorithm = Algorithm::kBucket;
  std::uint64_t capacity = 0;  // granted per window, also the largest burst; 1..kMaxCapacity
  std::chrono::milliseconds every{0};          // kBucket, kLog: the window; 1 ms..kMaxWindow
  std::shared_ptr<const Calendar> calendar{};  // kCalendar: the periods
  OnStoreFailure on_store_failure = OnStoreFailure::kLocal;
};

}  // namespace penstock::limits
