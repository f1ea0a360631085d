#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/socket.h"

namespace penstock::test {

/// An HTTP proxy made for a test, on a free port of 127.0.0.1: it answers each CONNECT with a
/// tunnel to the port of 127.0.0.1 that was asked for. Runs on threads of its own; thread-safe.
class TunnelProxy {
 public:
  TunnelProxy();
  /// This answer, byte for byte, in place of tunnels; empty: it stays silent.
  explicit TunnelProxy(std::string answer);
  /// Ends all tunnels and waits for them.
  ~TunnelProxy();
  TunnelProxy(const TunnelProxy&) = delete;
  TunnelProxy& operator=(const TunnelProxy&) = delete;

  std::uint16_t port() const noexcept { return listener_.port(); }
  /// The heads of the requests so far.
  std::vector<std::string> requests() const;
  /// Everything that clients have sent through tunnels.
  std::string relayed() const;

 private:
  struct Tunnel;
  void accept_all();
  void serve(Tunnel& tunnel);
  bool open(Tunnel& tunnel, std::string head);

  const bool refuses_;
  const std::string answer_;
  Listener listener_;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::string> requests_;
  std::string relayed_;
  std::vector<std::unique_ptr<Tunnel>> tunnels_;
  bool stopping_ = false;
  std::thread acceptor_;
};

}  // namespace penstock::test
