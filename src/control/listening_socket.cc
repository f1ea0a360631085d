#include "control/listening_socket.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "base/text.h"

namespace penstock::control {

namespace {

constexpr int kBacklog = 128;
// Seconds that a client may stay silent before a thread has to listen to it.
constexpr int kSilentSeconds = 5;

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Error cannot_listen(const http::HostPort& address, std::string_view reason) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  return internal_error(concat({"control.listen: cannot listen on ", is_ipv6 ? "[" : "",
                                address.host, is_ipv6 ? "]:" : ":", std::to_string(address.port),
                                ": ", reason, "; set control.listen to another address"}));
}

bool bind_and_listen(int descriptor, const addrinfo& address) {
  const int on = 1;
  // Lets a new process listen while connections of the last one still fade out, no more.
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Browsers connect ahead of time; a thread is only taken once the first bytes are there.
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_DEFER_ACCEPT, &kSilentSeconds, sizeof kSilentSeconds);
  return ::bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 &&
         ::listen(descriptor, kBacklog) == 0;
}

std::uint16_t port_of(int descriptor) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &size);
  return ntohs(name.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(name).sin6_port
                                          : reinterpret_cast<sockaddr_in&>(name).sin_port);
}

}  // namespace

Result<ListeningSocket> ListeningSocket::open(const http::HostPort& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const char* host = address.host.empty() ? nullptr : address.host.c_str();
  const int failed = ::getaddrinfo(host, std::to_string(address.port).c_str(), &hints, &found);
  if (failed != 0) return cannot_listen(address, ::gai_strerror(failed));
  const Addresses list(found);

  const int descriptor =
      ::socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (descriptor < 0) return cannot_listen(address, std::strerror(errno));
  ListeningSocket socket(descriptor);
  if (!bind_and_listen(descriptor, *list)) return cannot_listen(address, std::strerror(errno));
  socket.port_ = port_of(descriptor);
  return socket;
}

ListeningSocket::ListeningSocket(int descriptor) noexcept : descriptor_(descriptor) {}

ListeningSocket::ListeningSocket(ListeningSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), port_(other.port_) {}

ListeningSocket::~ListeningSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int ListeningSocket::accept() const noexcept {
  return ::accept4(descriptor_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

void ListeningSocket::shut_down() const noexcept {
  ::shutdown(descriptor_, SHUT_RDWR);
}

}  // namespace penstock::control
