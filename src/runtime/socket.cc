#include "runtime/socket.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <new>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "runtime/descriptors.h"
#include "runtime/fiber.h"
#include "runtime/keepalive.h"
#include "runtime/loop.h"
#include "runtime/spill.h"

namespace penstock::runtime {

void throw_exception_from_error(const IoError&, const boost::source_location&) {
  std::abort();
}

namespace {

constexpr auto kNothing = static_cast<std::size_t>(-1);

IoError closed(int error) {
  return {IoError::Kind::kClosed, error == 0 ? "the peer closed" : std::strerror(error)};
}

/// Parks until notified; the caller's condition may still not hold.
IoResult<void> park(Deadline deadline) {
  switch (Fiber::current().park(deadline)) {
    case Wake::kNotified:
      return {};
    case Wake::kDeadline:
      return IoError{IoError::Kind::kTimeout, "time-out"};
    case Wake::kCancelled:
      return IoError{IoError::Kind::kCancelled, "cancelled"};
  }
  std::abort();
}

/// What is left of `pieces` behind the first `done` bytes.
std::string rest_of(std::span<const std::string_view> pieces, std::size_t done) {
  std::string rest;
  for (const std::string_view piece : pieces) {
    if (done >= piece.size()) {
      done -= piece.size();
      continue;
    }
    rest.append(piece.substr(done));
    done = 0;
  }
  return rest;
}

/// The pieces without the first `done` bytes.
std::vector<std::string_view> without_prefix(std::span<const std::string_view> pieces,
                                             std::size_t done) {
  std::vector<std::string_view> left;
  for (std::string_view piece : pieces) {
    const std::size_t cut = std::min(done, piece.size());
    done -= cut;
    piece.remove_prefix(cut);
    if (!piece.empty()) left.push_back(piece);
  }
  return left;
}

/// One sendmsg; the number of bytes taken, 0 when the socket is full.
IoResult<std::size_t> send_some(int fd, std::span<const std::string_view> pieces) {
  constexpr std::size_t kMaxPieces = 16;
  std::array<iovec, kMaxPieces> vectors;
  std::size_t count = 0;
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;
    if (count == kMaxPieces) break;
    vectors[count++] = {const_cast<char*>(piece.data()), piece.size()};
  }
  if (count == 0) return std::size_t{0};
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  while (true) {
    const ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return std::size_t{0};
    return closed(errno);
  }
}

std::size_t size_of(std::span<const std::string_view> pieces) {
  std::size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  return size;
}

}  // namespace

std::string Address::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(storage);
    ::inet_ntop(AF_INET6, &six.sin6_addr, text.data(), text.size());
    return "[" + std::string(text.data()) + "]:" + std::to_string(ntohs(six.sin6_port));
  }
  const auto& four = reinterpret_cast<const sockaddr_in&>(storage);
  ::inet_ntop(AF_INET, &four.sin_addr, text.data(), text.size());
  return std::string(text.data()) + ":" + std::to_string(ntohs(four.sin_port));
}

Socket::Socket(int descriptor) : loop_(Loop::current()), descriptor_(descriptor) {
  int on = 1;
  ::ioctl(descriptor, FIONBIO, &on);
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!loop_.add(descriptor, *this)) ::shutdown(descriptor, SHUT_RDWR);
}

Socket::~Socket() {
  loop_.remove(descriptor_, *this);
  ::close(descriptor_);
}

std::unique_ptr<Socket> Socket::adopt(int descriptor) {
  try {
    return std::make_unique<Socket>(descriptor);
  } catch (const std::bad_alloc&) {
    ::close(descriptor);
    throw;
  }
}

IoResult<std::unique_ptr<Socket>> Socket::connect(const Address& address, Deadline deadline) {
  const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return IoError{IoError::Kind::kExhausted, std::strerror(errno)};
  if (is_kept_back(fd)) {
    ::close(fd);
    return IoError{IoError::Kind::kExhausted, std::strerror(EMFILE)};
  }
  keep_alive(fd);
  const auto* target = reinterpret_cast<const sockaddr*>(&address.storage);
  const int begun = ::connect(fd, target, address.size) == 0 ? 0 : errno;
  auto socket = adopt(fd);
  if (begun == 0) return socket;
  if (begun != EINPROGRESS) {
    const bool exhausted = begun == EADDRNOTAVAIL || begun == ENOBUFS || begun == ENOMEM;
    return IoError{exhausted ? IoError::Kind::kExhausted : IoError::Kind::kRefused,
                   address.to_string() + ": " + std::strerror(begun)};
  }
  if (auto waited = socket->wait_writable(deadline); !waited) return waited.error();
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    return IoError{IoError::Kind::kRefused, address.to_string() + ": " + std::strerror(error)};
  }
  return socket;
}

void Socket::on_ready(Readiness readiness) {
  readable_ = readable_ || readiness.readable;
  writable_ = writable_ || readiness.writable;
  ended_ = ended_ || readiness.ended;
  if (readiness.readable && reader_ != nullptr) reader_->notify();
  if (readiness.writable && writer_ != nullptr) writer_->notify();
  if (!readiness.readable || reader_ != nullptr) return;
  if (read_watcher_ != nullptr) std::exchange(read_watcher_, nullptr)->on_readable();
  if (watcher_ != nullptr) take_in();
}

/// Reads on behalf of a watch.
void Socket::take_in() {
  std::array<char, 4096> buffer;
  while (readable_ && spill_->size() < spill_limit_) {
    const auto got =
        receive(std::span(buffer).first(std::min(buffer.size(), spill_limit_ - spill_->size())));
    if (!got || *got == 0) return std::exchange(watcher_, nullptr)->request();
    if (*got == kNothing) return;
    // Without memory for what it says, a part of that is lost: the same to us as if it had gone.
    if (!append_to_spill(*spill_, {buffer.data(), *got})) {
      return std::exchange(watcher_, nullptr)->request();
    }
  }
}

/// One recv; kNothing when nothing is there, and `readable_` is false then.
IoResult<std::size_t> Socket::receive(std::span<char> buffer) {
  while (true) {
    const ssize_t got = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (got >= 0) {
      const auto size = static_cast<std::size_t>(got);
      // A short read has emptied the socket, and what comes later is told (epoll(7), question 9).
      if (size < buffer.size() && !ended_) readable_ = false;
      return size;
    }
    if (errno == EAGAIN) {
      readable_ = false;
      return kNothing;
    }
    if (errno != EINTR) return closed(errno);
  }
}

IoResult<void> Socket::wait_readable(Deadline deadline) {
  readable_ = false;
  reader_ = &Fiber::current();
  IoResult<void> woken = park(deadline);
  while (woken && !readable_) woken = park(deadline);
  reader_ = nullptr;
  return woken;
}

IoResult<void> Socket::wait_writable(Deadline deadline) {
  writable_ = false;
  writer_ = &Fiber::current();
  IoResult<void> woken = park(deadline);
  while (woken && !writable_) woken = park(deadline);
  writer_ = nullptr;
  if (!woken && woken.error().kind == IoError::Kind::kTimeout) reset_on_close();
  return woken;
}

/// What a peer did not take in time it is not to get later either: the kernel would hold it for
/// minutes after the close.
void Socket::reset_on_close() {
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

IoResult<void> Socket::wait_either(Deadline deadline) {
  readable_ = false;
  writable_ = false;
  reader_ = &Fiber::current();
  writer_ = reader_;
  IoResult<void> woken = park(deadline);
  while (woken && !readable_ && !writable_) woken = park(deadline);
  reader_ = nullptr;
  writer_ = nullptr;
  return woken;
}

IoResult<std::size_t> Socket::read(std::span<char> buffer, Deadline deadline) {
  while (true) {
    if (readable_) {
      auto got = receive(buffer);
      if (!got || *got != kNothing) return got;
    }
    if (auto woken = wait_readable(deadline); !woken) return woken.error();
  }
}

IoResult<void> Socket::write(std::span<const std::string_view> pieces, Deadline deadline) {
  const std::size_t total = size_of(pieces);
  auto sent = send_some(descriptor_, pieces);
  if (!sent) return sent.error();
  if (*sent == total) return {};

  const std::string rest = rest_of(pieces, *sent);
  std::string_view left = rest;
  while (!left.empty()) {
    if (auto woken = wait_writable(deadline); !woken) return woken.error();
    sent = send_some(descriptor_, std::span(&left, 1));
    if (!sent) return sent.error();
    left.remove_prefix(*sent);
  }
  return {};
}

IoResult<std::size_t> Socket::write_until_input(std::span<const std::string_view> pieces,
                                                Deadline deadline) {
  const std::size_t total = size_of(pieces);
  std::size_t taken = 0;
  std::vector<std::string_view> left;
  while (true) {
    const auto sent = send_some(descriptor_, left.empty() ? pieces : left);
    if (!sent) return sent.error();
    taken += *sent;
    if (taken == total || !is_quiet()) return taken;
    if (auto woken = wait_either(deadline); !woken) return woken.error();
    left = without_prefix(pieces, taken);
  }
}

bool Socket::is_quiet() {
  if (!readable_) return true;
  char byte = 0;
  const ssize_t got = ::recv(descriptor_, &byte, 1, MSG_PEEK);
  return got < 0 && errno == EAGAIN;
}

void Socket::watch(Cancel& cancel, std::string& spill, std::size_t limit) {
  watcher_ = &cancel;
  spill_ = &spill;
  spill_limit_ = limit;
  take_in();
}

void Socket::watch(ReadWatcher& watcher) {
  read_watcher_ = &watcher;
  if (!is_quiet()) std::exchange(read_watcher_, nullptr)->on_readable();
}

void Socket::unwatch() {
  read_watcher_ = nullptr;
  watcher_ = nullptr;
}

void Socket::shutdown_write() {
  ::shutdown(descriptor_, SHUT_WR);
}

}  // namespace penstock::runtime
