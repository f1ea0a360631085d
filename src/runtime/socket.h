#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <sys/socket.h>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include "runtime/stream.h"

namespace penstock::runtime {

/// An IPv4 or IPv6 address with a port.
struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  std::string to_string() const;  // "127.0.0.1:80", "[::1]:80"
};

/// Hears once that something can be read while nobody reads. For layers above a socket.
class ReadWatcher {
 public:
  /// Bytes, the end or an error are there to be read. Called on the loop, outside of fibers. May
  /// destroy the socket.
  virtual void on_readable() = 0;

 protected:
  ~ReadWatcher() = default;
};

/// A TCP socket whose waits suspend the fiber. Non-blocking, close-on-exec, TCP_NODELAY.
class Socket final : public Stream {
 public:
  /// Takes over a connected or listening descriptor, on the current loop. When it throws
  /// (std::bad_alloc, or std::system_error: the kernel has no room to watch it), the descriptor is
  /// closed.
  explicit Socket(int descriptor);
  ~Socket() override;

  /// As the constructor.
  static std::unique_ptr<Socket> adopt(int descriptor);
  /// Connects; suspends. Errors: kRefused, kTimeout, kCancelled, kExhausted.
  static IoResult<std::unique_ptr<Socket>> connect(const Address& address, Deadline deadline);

  IoResult<std::size_t> read(std::span<char> buffer, Deadline deadline) override;
  IoResult<void> write(std::span<const std::string_view> pieces, Deadline deadline) override;
  using Stream::write;
  IoResult<std::size_t> write_until_input(std::span<const std::string_view> pieces,
                                          Deadline deadline) override;
  void rest() override;
  bool is_quiet() override;
  void shutdown_write() override;

  void watch(Cancel& cancel, std::string& spill, std::size_t limit) override;
  /// Tells `watcher`, once, instead of taking anything. It outlives the watch.
  void watch(ReadWatcher& watcher);
  void unwatch() override;

  /// Suspends until the descriptor may be read, written, or either (`true` where both hold).
  IoResult<void> wait_readable(Deadline deadline);
  IoResult<void> wait_writable(Deadline deadline);
  IoResult<void> wait_either(Deadline deadline);
  int descriptor() const noexcept;

 private:
  struct State;
  friend void intrusive_ptr_add_ref(State* state) noexcept;
  friend void intrusive_ptr_release(State* state) noexcept;
  boost::intrusive_ptr<State> state_;
};

}  // namespace penstock::runtime
