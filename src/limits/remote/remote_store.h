#pragma once

#include <memory>

#include "penstock/clock.h"
#include "penstock/result.h"

#include "limits/remote/options.h"
#include "limits/store.h"

namespace penstock {
class Log;
class Metrics;
}  // namespace penstock

namespace penstock::limits {

/// What a remote store works with. All of it outlives the store.
struct RemoteServices {
  const Clock& clock;
  Metrics& metrics;
  Log& log;
};

/// A store that all gateways with the same server and prefix share; Valkey or Redis, 7 or later.
/// docs/limits-across-processes.md says what it guarantees.
///
/// Every decision is one run of a script on the server, by the server's clock, all or nothing over
/// the claims; a settlement is told later, once and in batches. The claims of one reservation name
/// different meters. A reservation that its process does not renew is charged in full after
/// `options.hold`. While the server cannot be asked (three failures in a row, or no connection)
/// nobody waits for it: each limit's on_store_failure says what is granted, and what was used then
/// is told when the server is back.
///
/// `reserve` and `extend` suspend a fiber for at most `options.timeout`; called outside of fibers
/// they block the thread as long. `list` blocks for at most 1 s and shows what it found by then.
///
/// The store does not wait for a connection: an unreachable server is a warning in the log. Error:
/// the file of the trusted authorities cannot be read.
Result<std::unique_ptr<Store>> make_remote_store(RemoteOptions options,
                                                 const RemoteServices& services);

}  // namespace penstock::limits
