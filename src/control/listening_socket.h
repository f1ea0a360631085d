#pragma once

#include <cstdint>

#include "penstock/result.h"

#include "http/url.h"

namespace penstock::control {

/// A socket that listens, and shares its port with nobody: a second program on it is noticed,
/// which cpp-httplib's own sockets (SO_REUSEPORT) would not. Thread-safe after construction.
class ListeningSocket {
 public:
  /// Binds and listens; port 0 takes a free one, an empty host means all interfaces. Error:
  /// `detail` is a sentence with address, reason and the setting control.listen.
  static Result<ListeningSocket> open(const http::HostPort& address);
  ListeningSocket(ListeningSocket&& other) noexcept;
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  ~ListeningSocket();

  std::uint16_t port() const noexcept { return port_; }
  /// For poll: readable when somebody has connected; hangs up (POLLHUP) once it is shut down.
  int descriptor() const noexcept { return descriptor_; }
  /// The next client's descriptor, which does not block; or -1 with errno: EAGAIN when there is
  /// none, EINVAL after shut_down.
  int accept() const noexcept;
  /// Nobody can connect any more.
  void shut_down() const noexcept;

 private:
  explicit ListeningSocket(int descriptor) noexcept;

  int descriptor_;
  std::uint16_t port_ = 0;
};

}  // namespace penstock::control
