#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>

#include "penstock/clock.h"

#include "runtime/loop.h"
#include "server/server_metrics.h"
#include "server/setup.h"

namespace penstock {
class Log;
}

namespace penstock::server {

class ClientConnection;

/// What all workers of a server share. Thread-safe.
struct Shared {
  runtime::Resolver& resolver;
  Log& log;
  Metrics& metrics;
  bool loopback_only = true;
  std::atomic<std::uint64_t> max_connections{0};  // over all workers
  std::atomic<std::uint64_t> connections{0};
  std::atomic<std::uint64_t> cut{0};  // exchanges that the end of a drain cut
};

/// One event loop with its listener and its connections. Runs on a thread of its own; only run(),
/// replace() and drain() may be called from others.
class Worker {
 public:
  /// Takes over the listening descriptor.
  Worker(Shared& shared, const Clock& clock, int listener);
  ~Worker();

  /// Serves until drained.
  void run(std::shared_ptr<const Snapshot> snapshot);
  /// Serves what comes from now on by another snapshot. Any thread.
  void replace(std::shared_ptr<const Snapshot> snapshot);
  /// Not ready any more: answers close their connections. After the lame-duck time it stops
  /// accepting, closes idle connections and lets running exchanges end; what still runs after the
  /// drain time is cut. Any thread.
  void drain();

  Shared& shared() noexcept { return shared_; }
  /// What new requests are served by.
  const std::shared_ptr<const Setup>& setup() noexcept {
    if (next_) take_over();
    return setup_;
  }
  /// A whole 503 for whom there is no memory; made beforehand. Closes the connection.
  const std::string& no_memory_answer() const noexcept { return no_memory_answer_; }
  ServerMetrics& metrics() noexcept { return *metrics_; }
  runtime::Loop& loop() noexcept { return loop_; }
  bool draining() const noexcept { return draining_; }
  /// The drain time is over: what ends now was cut by us, not by its client.
  bool cutting() const noexcept { return cutting_; }

 private:
  std::shared_ptr<const Setup> make_setup(std::shared_ptr<const Snapshot> snapshot);
  void take_over() noexcept;
  void accept_all(int listener);
  void serve(int descriptor);
  void serve_until_closed(int descriptor);
  void turn_away(int descriptor, Lack lack);
  void tell(Lack lack);
  void begin_drain();
  void close_idle() const;
  void cut_what_runs();
  void stop_when_empty();

  Shared& shared_;
  runtime::Loop loop_;
  int listener_;
  const std::string full_answer_;
  const std::string no_memory_answer_;
  std::shared_ptr<const Setup> setup_;
  std::shared_ptr<const Snapshot> next_;  // what setup_ is to be made of, once there is memory
  std::unique_ptr<ServerMetrics> metrics_;
  std::unordered_set<ClientConnection*> connections_;
  Cancel accepting_;
  Cancel drained_;
  MonotonicTime told_at_;  // when the log was last told that connections are turned away
  bool accepts_ = false;
  bool draining_ = false;
  bool cutting_ = false;
};

}  // namespace penstock::server
