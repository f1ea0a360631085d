#include "server/listener.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/keepalive.h"

namespace penstock::server {

namespace {

constexpr int kBacklog = 4096;

struct Close {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

Error cannot_listen(const http::HostPort& address, const std::string& reason) {
  return internal_error("server.listen: cannot listen on " + address.host + ":" +
                        std::to_string(address.port) + ": " + reason);
}

enum class Sharing { kAlone, kWithOthers };

/// A bound socket, or -1 with errno.
int bind_socket(const sockaddr* address, socklen_t size, Sharing sharing) {
  const int fd = ::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (sharing == Sharing::kWithOthers) {
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  }
  runtime::keep_alive(fd);
  if (::bind(fd, address, size) == 0 && ::listen(fd, kBacklog) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

in_port_t& port_of(sockaddr_storage& address) {
  return address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                       : reinterpret_cast<sockaddr_in&>(address).sin_port;
}

}  // namespace

Result<Listeners> listen_on(const http::HostPort& address, std::size_t count) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* raw = nullptr;
  const char* host = address.host.empty() ? nullptr : address.host.c_str();
  const int failed = ::getaddrinfo(host, std::to_string(address.port).c_str(), &hints, &raw);
  if (failed != 0) return cannot_listen(address, ::gai_strerror(failed));
  const std::unique_ptr<addrinfo, Close> list(raw);

  sockaddr_storage name{};
  std::memcpy(&name, list->ai_addr, list->ai_addrlen);
  auto* const bound = reinterpret_cast<sockaddr*>(&name);
  socklen_t size = list->ai_addrlen;
  // Sockets that share a port do not notice another program on it; one that does not share does.
  const int probe = bind_socket(bound, size, Sharing::kAlone);
  if (probe < 0) return cannot_listen(address, std::strerror(errno));
  ::getsockname(probe, bound, &size);
  ::close(probe);

  Listeners listeners;
  listeners.port = ntohs(port_of(name));
  while (listeners.descriptors.size() < count) {
    const int fd = bind_socket(bound, size, Sharing::kWithOthers);
    if (fd < 0) {
      const int error = errno;
      for (const int open : listeners.descriptors) ::close(open);
      return cannot_listen(address, std::strerror(error));
    }
    listeners.descriptors.push_back(fd);
  }
  return listeners;
}

}  // namespace penstock::server
