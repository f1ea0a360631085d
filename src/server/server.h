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
  /// Serves what comes from now on by another snapshot; what runs ends on the old one. The address
  /// and the number of loops stay. Any thread.
  void replace(std::shared_ptr<const Snapshot> snapshot);
  /// Not ready any more: after server.timeouts.lame_duck it stops accepting and lets what runs end,
  /// up to server.timeouts.drain. `on_stopped` is called, on a worker's thread, when all is done.
  void drain();

  /// The file descriptors that the configured connections need beyond what the process may open;
  /// 0: all is well. Each client may need an upstream.
  static std::uint64_t missing_descriptors(const config::ServerOptions& options);

  /// Connections of clients that are open. Any thread, as the following.
  std::uint64_t connections() const noexcept;
  bool draining() const noexcept;
  /// How many exchanges the end of the drain cut.
  std::uint64_t cut() const noexcept;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace penstock::server
