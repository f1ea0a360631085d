#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <sys/socket.h>

#include "runtime/loop.h"
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
  /// Bytes, the end or an error are there to be read. Called on the loop, outside of fibers, or
  /// from within watch() when that is so already.
  virtual void on_readable() = 0;

 protected:
  ~ReadWatcher() = default;
};

/// A TCP socket whose waits suspend the fiber. Non-blocking, close-on-exec, TCP_NODELAY.
class Socket final : public Stream, private ReadinessHandler {
 public:
  /// Takes over a connected, connecting or listening descriptor, on the current loop. One that the
  /// loop cannot watch is shut down: its reads meet the end.
  explicit Socket(int descriptor);
  ~Socket() override;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  /// The same on the heap. Throws std::bad_alloc; then the descriptor is closed.
  static std::unique_ptr<Socket> adopt(int descriptor);
  /// Connects; suspends. Errors: kRefused, kTimeout, kCancelled, kExhausted.
  static IoResult<std::unique_ptr<Socket>> connect(const Address& address, Deadline deadline);

  IoResult<std::size_t> read(std::span<char> buffer, Deadline deadline) override;
  IoResult<void> write(std::span<const std::string_view> pieces, Deadline deadline) override;
  using Stream::write;
  IoResult<std::size_t> write_until_input(std::span<const std::string_view> pieces,
                                          Deadline deadline) override;
  bool is_quiet() override;
  void shutdown_write() override;

  void watch(Cancel& cancel, std::string& spill, std::size_t limit) override;
  /// Tells `watcher`, once, instead of taking anything. It outlives the watch.
  void watch(ReadWatcher& watcher);
  void unwatch() override;

  /// For who has met EAGAIN on the descriptor: suspends until it may be read, or written, or
  /// either.
  IoResult<void> wait_readable(Deadline deadline);
  IoResult<void> wait_writable(Deadline deadline);
  IoResult<void> wait_either(Deadline deadline);
  int descriptor() const noexcept { return descriptor_; }

 private:
  void on_ready(Readiness readiness) override;
  void reset_on_close();
  IoResult<std::size_t> receive(std::span<char> buffer);
  void take_in();

  Loop& loop_;
  int descriptor_;
  bool readable_ = true;   // not known to be empty
  bool writable_ = false;  // has been told since wait_writable() began
  bool ended_ = false;     // no further change will tell of what is there
  Fiber* reader_ = nullptr;
  Fiber* writer_ = nullptr;
  ReadWatcher* read_watcher_ = nullptr;
  Cancel* watcher_ = nullptr;
  std::string* spill_ = nullptr;
  std::size_t spill_limit_ = 0;
};

}  // namespace penstock::runtime
