#include "bench/wire.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace penstock::bench {
namespace {

constexpr int kBacklog = 4096;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void send_at_once(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Wire::Moved moved(ssize_t bytes, std::size_t wanted) {
  if (bytes >= 0) {
    const auto count = static_cast<std::size_t>(bytes);
    // epoll(7): a short read or write of a stream socket has used up what was there.
    return {count, count == wanted ? Wire::State::kMore : Wire::State::kBlocked};
  }
  const bool blocked = errno == EAGAIN || errno == EINTR;
  return {0, blocked ? Wire::State::kBlocked : Wire::State::kClosed};
}

int tls_size(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

}  // namespace

void FreeContext::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}

TlsContext tls_server(const std::string& certificate_file, const std::string& key_file) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS);
  const bool good =
      SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) == 1 &&
      SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) == 1;
  return good ? std::move(context) : nullptr;
}

TlsContext tls_client(const std::string& ca_file) {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const bool good = SSL_CTX_load_verify_file(context.get(), ca_file.c_str()) == 1;
  return good ? std::move(context) : nullptr;
}

Wire::Wire(int fd, SSL_CTX* tls, Side side) : fd_(fd) {
  if (tls == nullptr) return;
  ssl_ = SSL_new(tls);
  SSL_set_fd(ssl_, fd);
  if (side == Side::kServer) {
    SSL_set_accept_state(ssl_);
    return;
  }
  SSL_set_connect_state(ssl_);
  SSL_set_tlsext_host_name(ssl_, "localhost");
  SSL_set1_host(ssl_, "localhost");
}

Wire::Wire(Wire&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), ssl_(std::exchange(other.ssl_, nullptr)) {}

Wire& Wire::operator=(Wire&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(ssl_, other.ssl_);
  return *this;
}

void Wire::close() {
  if (ssl_ != nullptr) {
    SSL_shutdown(ssl_);  // says goodbye; the peer's answer is not waited for
    SSL_free(std::exchange(ssl_, nullptr));
  }
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Wire::Moved Wire::read(char* into, std::size_t size) {
  if (ssl_ != nullptr) return read_tls(into, size);
  const ssize_t bytes = ::recv(fd_, into, size, 0);
  if (bytes == 0) return {0, State::kClosed};
  return moved(bytes, size);
}

Wire::Moved Wire::write(std::string_view bytes) {
  if (ssl_ != nullptr) return write_tls(bytes);
  return moved(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL), bytes.size());
}

Wire::Moved Wire::read_tls(char* into, std::size_t size) {
  ERR_clear_error();
  const int result = SSL_read(ssl_, into, tls_size(size));
  return after_tls(result);
}

Wire::Moved Wire::write_tls(std::string_view bytes) {
  ERR_clear_error();
  const int result = SSL_write(ssl_, bytes.data(), tls_size(bytes.size()));
  return after_tls(result);
}

Wire::Moved Wire::after_tls(int result) const {
  // A record may be short while another waits, so only the library knows when to stop.
  if (result > 0) return {static_cast<std::size_t>(result), State::kMore};
  const int reason = SSL_get_error(ssl_, result);
  const bool blocked = reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE;
  return {0, blocked ? State::kBlocked : State::kClosed};
}

int start_connect(std::uint16_t port, int receive_buffer) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  send_at_once(fd);
  if (receive_buffer > 0) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const sockaddr_in address = loopback(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  if (errno == EINPROGRESS) return fd;
  ::close(fd);
  return -1;
}

int start_listening(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = loopback(port);
  socklen_t size = sizeof address;
  const bool listens = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                       ::listen(fd, kBacklog) == 0 &&
                       ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!listens) {
    ::close(fd);
    return -1;
  }
  port = ntohs(address.sin_port);
  return fd;
}

int accept_one(int listener) {
  const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) send_at_once(fd);
  return fd;
}

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace penstock::bench
