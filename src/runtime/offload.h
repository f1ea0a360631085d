#pragma once

#include "penstock/unique_function.h"

namespace penstock::runtime {

/// Runs work that would hold an event loop up on a thread of a small pool; suspends the fiber until
/// it is done. It cannot be cancelled, since the work may use what the fiber owns; so it must be
/// bounded. `work` must not touch the loop; what it throws, this throws. Who is not in a fiber runs it
/// right here.
void offload(UniqueFunction<void()> work);

}  // namespace penstock::runtime
