#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "chain/factory.h"
#include "server/snapshot.h"

namespace penstock::server {

/// The gateway's data plane: the listeners and one worker thread for each event loop. Made, drained
/// and destroyed by one thread.
class Server {
 public:
  /// Binds the address and starts to serve. `services` outlives it. Error: the address cannot be
  /// bound; the message names server.listen.
  static Result<std::unique_ptr<Server>> start(std::shared_ptr<const Snapshot> snapshot,
                                               const Services& services,
                                               std::function<void()> on_stopped);
  /// Waits for the workers, so drain() first.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const noexcept;
  /// How many event loops there are.
  std::size_t loops() const noexcept;
  /// Stops accepting and lets what runs end, up to server.timeouts.drain. `on_stopped` is called,
  /// on a worker's thread, when all is done.
  void drain();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace penstock::server
