#pragma once

#include <atomic>
#include <memory>
#include <unordered_set>

#include "penstock/clock.h"

#include "runtime/loop.h"
#include "server/browser_policy.h"
#include "server/snapshot.h"

namespace penstock {
class Log;
}

namespace penstock::server {

class ClientConnection;

/// What all workers of a server share.
struct Shared {
  std::shared_ptr<const Snapshot> snapshot;
  runtime::Resolver& resolver;
  Log& log;
  bool loopback_only = true;
  std::uint64_t max_connections = 0;  // over all workers
  std::atomic<std::uint64_t> connections{0};
};

/// One event loop with its listener and its connections. Runs on a thread of its own; only run(),
/// drain() may be called from others.
class Worker {
 public:
  /// Takes over the listening descriptor.
  Worker(Shared& shared, const Clock& clock, int listener);
  ~Worker();

  /// Serves until drained.
  void run();
  /// Stops accepting, closes idle connections, lets running exchanges end; what still runs after
  /// the drain time is cut. Any thread.
  void drain();

  Shared& shared() noexcept { return shared_; }
  const Snapshot& snapshot() const noexcept { return *shared_.snapshot; }
  const upstream::Router& router() const noexcept { return *router_; }
  const BrowserPolicy& browser_policy() const noexcept { return policy_; }
  runtime::Loop& loop() noexcept { return loop_; }
  bool draining() const noexcept { return draining_; }
  /// The drain time is over: what ends now was cut by us, not by its client.
  bool cutting() const noexcept { return cutting_; }

 private:
  void accept_all(int listener);
  void serve(int descriptor);
  void begin_drain();
  void stop_when_empty();

  Shared& shared_;
  runtime::Loop loop_;
  int listener_;
  std::unique_ptr<upstream::Router> router_;
  BrowserPolicy policy_;
  std::unordered_set<ClientConnection*> connections_;
  Cancel accepting_;
  Cancel drained_;
  bool accepts_ = false;
  bool draining_ = false;
  bool cutting_ = false;
};

}  // namespace penstock::server
