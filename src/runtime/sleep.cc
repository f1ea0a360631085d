#include "runtime/sleep.h"

#include <algorithm>

#include "runtime/fiber.h"
#include "runtime/loop.h"

namespace penstock::runtime {

Result<void> sleep_for(std::chrono::milliseconds duration, Deadline deadline) {
  Fiber& fiber = Fiber::current();
  deadline.at = std::min(deadline.at, fiber.loop().clock().now() + duration);
  while (true) {
    switch (fiber.park(deadline)) {
      case Wake::kDeadline:
        return {};
      case Wake::kNotified:
        break;  // meant for somebody else
      case Wake::kCancelled: {
        Error error;
        error.kind = ErrorKind::kCancelled;
        error.source = ErrorSource::kClient;
        error.public_message = "the client left";
        return error;
      }
    }
  }
}

}  // namespace penstock::runtime
