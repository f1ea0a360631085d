#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "penstock/result.h"

#include "limits/remote/options.h"
#include "limits/remote/remote_store.h"
#include "limits/store.h"

namespace penstock::limits {

/// The stores across processes that this process uses. A configuration that is loaded anew finds
/// the one that the last one used, with its connection and what it has still to tell the server;
/// one that nobody uses any more is closed. Thread-safe.
class Stores {
 public:
  /// The one with these options. Error: see make_remote_store.
  Result<std::shared_ptr<Store>> open(const RemoteOptions& options, const RemoteServices& services);

 private:
  struct Open {
    RemoteOptions options;
    std::weak_ptr<Store> store;
  };
  std::mutex mutex_;
  std::vector<Open> open_;
};

}  // namespace penstock::limits
