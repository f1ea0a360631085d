#include "runtime/socket.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/check.h"
#include "runtime/descriptors.h"
#include "runtime/fiber.h"
#include "runtime/handler_memory.h"
#include "runtime/keepalive.h"
#include "runtime/loop.h"
#include "runtime/spill.h"

namespace penstock::runtime {

namespace asio = boost::asio;

void throw_exception_from_error(const IoError&, const boost::source_location&) {
  std::abort();
}

/// Lives as long as the socket or a wait of it, whichever is longer. One loop uses it, so the count
/// of its owners is a plain number.
struct Socket::State {
  State(asio::io_context& io, int fd) : descriptor(io, fd) {}

  HandlerMemory read_memory;
  HandlerMemory write_memory;
  asio::posix::basic_stream_descriptor<asio::io_context::executor_type> descriptor;
  int owners = 0;
  Fiber* reader = nullptr;
  Fiber* writer = nullptr;
  bool read_armed = false;  // a wait for readability is under way
  bool write_armed = false;
  ReadWatcher* read_watcher = nullptr;
  Cancel* watcher = nullptr;
  std::string* spill = nullptr;
  std::size_t spill_limit = 0;

  void arm_read();
  void arm_write();
  void on_readable();
};

void intrusive_ptr_add_ref(Socket::State* state) noexcept {
  ++state->owners;
}
void intrusive_ptr_release(Socket::State* state) noexcept {
  if (--state->owners == 0) delete state;
}

void Socket::State::arm_read() {
  if (std::exchange(read_armed, true)) return;
  descriptor.async_wait(asio::posix::descriptor_base::wait_read,
                        asio::bind_allocator(HandlerAllocator<void>(read_memory),
                                             [self = boost::intrusive_ptr<State>(this)](
                                                 boost::system::error_code error) {
                                               self->read_armed = false;
                                               if (!error) self->on_readable();
                                             }));
}

void Socket::State::arm_write() {
  if (std::exchange(write_armed, true)) return;
  descriptor.async_wait(asio::posix::descriptor_base::wait_write,
                        asio::bind_allocator(HandlerAllocator<void>(write_memory),
                                             [self = boost::intrusive_ptr<State>(this)](
                                                 boost::system::error_code error) {
                                               self->write_armed = false;
                                               if (!error && self->writer != nullptr)
                                                 self->writer->notify();
                                             }));
}

void Socket::State::on_readable() {
  if (reader != nullptr) {
    reader->notify();
    return;
  }
  if (read_watcher != nullptr) {
    std::exchange(read_watcher, nullptr)->on_readable();  // may drop us
    return;
  }
  if (watcher == nullptr) return;
  std::array<char, 4096> buffer;
  while (spill->size() < spill_limit) {
    const std::size_t room = std::min(buffer.size(), spill_limit - spill->size());
    const ssize_t got = ::recv(descriptor.native_handle(), buffer.data(), room, 0);
    if (got > 0 && append_to_spill(*spill, {buffer.data(), static_cast<std::size_t>(got)}))
      continue;
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      arm_read();
      return;
    }
    // Gone, or there is no memory for what it says, and a part of that is lost: the same to us.
    std::exchange(watcher, nullptr)->request();  // may resume the fiber, and that may drop us
    return;
  }
}

namespace {

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

Socket::Socket(int descriptor) : state_(new State(Loop::current().io(), descriptor)) {
  boost::system::error_code ignored;
  state_->descriptor.non_blocking(true, ignored);
  const int on = 1;  // fails on a listening socket of another family, which does no harm
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Socket::~Socket() {
  state_->reader = nullptr;
  state_->writer = nullptr;
  unwatch();
  boost::system::error_code ignored;
  state_->descriptor.close(ignored);
}

std::unique_ptr<Socket> Socket::adopt(int descriptor) {
  try {
    return std::make_unique<Socket>(descriptor);
  } catch (const std::exception&) {
    ::close(descriptor);
    throw;
  }
}

int Socket::descriptor() const noexcept {
  return state_->descriptor.native_handle();
}

IoResult<std::unique_ptr<Socket>> Socket::connect(const Address& address, Deadline deadline) {
  const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return IoError{IoError::Kind::kExhausted, std::strerror(errno)};
  if (is_kept_back(fd)) {
    ::close(fd);
    return IoError{IoError::Kind::kExhausted, std::strerror(EMFILE)};
  }
  keep_alive(fd);
  auto socket = adopt(fd);
  const auto* target = reinterpret_cast<const sockaddr*>(&address.storage);
  if (::connect(fd, target, address.size) == 0) return socket;
  if (errno != EINPROGRESS) {
    const bool exhausted = errno == EADDRNOTAVAIL || errno == ENOBUFS || errno == ENOMEM;
    return IoError{exhausted ? IoError::Kind::kExhausted : IoError::Kind::kRefused,
                   address.to_string() + ": " + std::strerror(errno)};
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

IoResult<void> Socket::wait_readable(Deadline deadline) {
  state_->reader = &Fiber::current();
  state_->arm_read();
  IoResult<void> woken = park(deadline);
  state_->reader = nullptr;
  return woken;
}

IoResult<void> Socket::wait_writable(Deadline deadline) {
  state_->writer = &Fiber::current();
  state_->arm_write();
  IoResult<void> woken = park(deadline);
  while (woken && state_->write_armed) woken = park(deadline);
  state_->writer = nullptr;
  return woken;
}

IoResult<void> Socket::wait_either(Deadline deadline) {
  state_->reader = &Fiber::current();
  state_->writer = state_->reader;
  state_->arm_read();
  state_->arm_write();
  IoResult<void> woken = park(deadline);
  state_->reader = nullptr;
  state_->writer = nullptr;
  return woken;
}

IoResult<std::size_t> Socket::read(std::span<char> buffer, Deadline deadline) {
  while (true) {
    // An armed wait that has not fired says that nothing is there; the system call is saved.
    if (!state_->read_armed) {
      const ssize_t got = ::recv(descriptor(), buffer.data(), buffer.size(), 0);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return closed(errno);
    }
    if (auto woken = wait_readable(deadline); !woken) return woken.error();
  }
}

IoResult<void> Socket::write(std::span<const std::string_view> pieces, Deadline deadline) {
  const std::size_t total = size_of(pieces);
  auto sent = send_some(descriptor(), pieces);
  if (!sent) return sent.error();
  if (*sent == total) return {};

  const std::string rest = rest_of(pieces, *sent);
  std::string_view left = rest;
  while (!left.empty()) {
    if (auto woken = wait_writable(deadline); !woken) return woken.error();
    sent = send_some(descriptor(), std::span(&left, 1));
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
    const auto sent = send_some(descriptor(), left.empty() ? pieces : left);
    if (!sent) return sent.error();
    taken += *sent;
    if (taken == total || !is_quiet()) return taken;
    if (auto woken = wait_either(deadline); !woken) return woken.error();
    left = without_prefix(pieces, taken);
  }
}

void Socket::rest() {
  state_->arm_read();
}

bool Socket::is_quiet() {
  if (state_->read_armed) return true;  // nothing has come since
  char byte = 0;
  const ssize_t got = ::recv(descriptor(), &byte, 1, MSG_PEEK);
  return got < 0 && errno == EAGAIN;
}

void Socket::watch(Cancel& cancel, std::string& spill, std::size_t limit) {
  state_->watcher = &cancel;
  state_->spill = &spill;
  state_->spill_limit = limit;
  if (spill.size() < limit) state_->arm_read();
}

void Socket::watch(ReadWatcher& watcher) {
  state_->read_watcher = &watcher;
  state_->arm_read();
}

void Socket::unwatch() {
  state_->read_watcher = nullptr;
  state_->watcher = nullptr;
}

void Socket::shutdown_write() {
  ::shutdown(descriptor(), SHUT_WR);
}

}  // namespace penstock::runtime
