#include "support/socket.h"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace penstock::test {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

void set_timeout(int fd, int option, std::chrono::milliseconds patience) {
  timeval time{};
  time.tv_sec = patience.count() / 1000;
  time.tv_usec = (patience.count() % 1000) * 1000;
  setsockopt(fd, SOL_SOCKET, option, &time, sizeof time);
}

// A test decides itself what one write is, so nothing may be held back to be sent together.
void send_at_once(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  set_timeout(fd, SO_SNDTIMEO, kPatience);
}

Socket::State state_of_errno() {
  return errno == EAGAIN || errno == EWOULDBLOCK ? Socket::State::kTimeout : Socket::State::kReset;
}

}  // namespace

Socket::Socket(int fd) noexcept : fd_(fd) {
  if (fd_ >= 0) send_at_once(fd_);
}

void Socket::FreeTls::operator()(SSL* tls) const {
  SSL_free(tls);
}

Socket::Socket(Socket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), tls_(std::move(other.tls_)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  close();
  fd_ = std::exchange(other.fd_, -1);
  tls_ = std::move(other.tls_);
  return *this;
}

Socket::~Socket() {
  close();
}

Socket Socket::connect(std::uint16_t port) {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  if (::connect(socket.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    socket.close();
  }
  return socket;
}

Socket Socket::begin_connect(std::uint16_t port) {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_in address = loopback(port);
  (void)::connect(socket.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return socket;
}

bool Socket::accept_tls(SSL_CTX* context) {
  set_timeout(fd_, SO_RCVTIMEO, kPatience);
  tls_.reset(SSL_new(context));
  SSL_set_fd(tls_.get(), fd_);
  return SSL_accept(tls_.get()) == 1;
}

bool Socket::connect_tls(const TlsClient& client) {
  set_timeout(fd_, SO_RCVTIMEO, kPatience);
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_load_verify_file(context.get(), client.ca_file.c_str());
  if (client.max_version != 0) SSL_CTX_set_max_proto_version(context.get(), client.max_version);
  if (!client.certificate_file.empty()) {
    SSL_CTX_use_certificate_chain_file(context.get(), client.certificate_file.c_str());
    SSL_CTX_use_PrivateKey_file(context.get(), client.key_file.c_str(), SSL_FILETYPE_PEM);
  }
  tls_.reset(SSL_new(context.get()));
  X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()), "127.0.0.1");
  SSL_set_alpn_protos(tls_.get(), reinterpret_cast<const unsigned char*>(client.protocols.data()),
                      static_cast<unsigned>(client.protocols.size()));
  SSL_set_fd(tls_.get(), fd_);
  return SSL_connect(tls_.get()) == 1;
}

std::string Socket::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(tls_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::string Socket::tls_version() const {
  return SSL_get_version(tls_.get());
}

void Socket::close_notify() {
  // A second call would wait for the other side's.
  const bool said = !tls_ || (SSL_get_shutdown(tls_.get()) & SSL_SENT_SHUTDOWN) != 0;
  if (!said) SSL_shutdown(tls_.get());
}

Socket::Read Socket::read(std::chrono::milliseconds patience) {
  if (!is_open()) return {};
  set_timeout(fd_, SO_RCVTIMEO, patience);
  std::string buffer(kReadBytes, '\0');
  if (tls_) return read_tls(std::move(buffer));
  const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
  if (size < 0) return {state_of_errno(), {}};
  if (size == 0) return {State::kEnd, {}};
  buffer.resize(static_cast<std::size_t>(size));
  return {State::kBytes, std::move(buffer)};
}

Socket::Read Socket::read_tls(std::string buffer) {
  const int size = SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
  if (size > 0) {
    buffer.resize(static_cast<std::size_t>(size));
    return {State::kBytes, std::move(buffer)};
  }
  switch (SSL_get_error(tls_.get(), size)) {
    case SSL_ERROR_WANT_READ:
      return {State::kTimeout, {}};
    case SSL_ERROR_ZERO_RETURN:
      return {State::kEnd, {}};
    default:
      return {State::kReset, {}};
  }
}

bool Socket::send(std::string_view bytes) {
  while (is_open() && !bytes.empty()) {
    const ssize_t size = tls_ ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                              : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return is_open();
}

void Socket::half_close() {
  close_notify();
  ::shutdown(fd_, SHUT_WR);
}

void Socket::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  tls_.reset();
  close();
}

void Socket::close() {
  if (fd_ < 0) return;
  close_notify();
  tls_.reset();
  ::close(std::exchange(fd_, -1));
}

void Socket::shut_down() const {
  ::shutdown(fd_, SHUT_RDWR);
}

Listener::Listener(int backlog) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool works = ::bind(fd_, generic, size) == 0 && ::listen(fd_, backlog) == 0 &&
                     ::getsockname(fd_, generic, &size) == 0;
  if (!works) ADD_FAILURE() << "cannot listen on a free port of 127.0.0.1";
  port_ = ntohs(address.sin_port);
}

Listener::~Listener() {
  ::close(fd_);
}

Socket Listener::accept() const {
  return Socket(::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC));
}

void Listener::shut_down() const {
  ::shutdown(fd_, SHUT_RDWR);
}

}  // namespace penstock::test
