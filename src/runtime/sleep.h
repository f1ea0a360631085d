#pragma once

#include <chrono>

#include "penstock/clock.h"
#include "penstock/result.h"

namespace penstock::runtime {

/// Suspends the current fiber for that long, or until the deadline. Error: kCancelled when the
/// deadline's token was requested. Reaching the deadline's time is no error.
Result<void> sleep_for(std::chrono::milliseconds duration, Deadline deadline);

}  // namespace penstock::runtime
