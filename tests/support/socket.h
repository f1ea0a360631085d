#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <sys/socket.h>

#include <openssl/types.h>

namespace penstock::test {

/// How long a test waits for something that ought to happen at once. Only a failing test waits that
/// long, so it is generous: sanitizers and a busy machine are slow.
inline constexpr std::chrono::milliseconds kPatience = std::chrono::seconds(60);

/// How a test connects with TLS. Versions and protocols: what OpenSSL takes for them.
struct TlsClient {
  std::string ca_file{};           // of the server's certificate, which is to be good for 127.0.0.1
  std::string certificate_file{};  // empty: none is shown
  std::string key_file{};
  int max_version = 0;      // 0: the newest, or TLS1_2_VERSION
  std::string protocols{};  // to offer by ALPN, each with its length before it
};

/// A connected blocking TCP socket of a test, in clear or over TLS. Used by one thread, but for
/// `shut_down`, which another thread may call to wake it.
class Socket {
 public:
  /// Owns the descriptor; a negative one makes a socket that is not open.
  explicit Socket(int fd) noexcept;
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  /// Connects to 127.0.0.1; `is_open` tells whether it worked.
  static Socket connect(std::uint16_t port);
  /// Begins to connect and does not wait for it.
  static Socket begin_connect(std::uint16_t port);
  /// The server's half of a TLS handshake; false when it failed.
  bool accept_tls(SSL_CTX* context);
  /// The client's half; false also when the server's certificate is not good for 127.0.0.1.
  bool connect_tls(const TlsClient& client);
  /// Of a TLS connection: what ALPN chose, empty for nothing; and the version, "TLSv1.3".
  std::string protocol() const;
  std::string tls_version() const;
  /// Says by TLS alone that nothing more comes; the connection stays open.
  void close_notify();

  bool is_open() const noexcept { return fd_ >= 0; }

  enum class State { kBytes, kEnd, kReset, kTimeout };
  struct Read {
    State state = State::kEnd;
    std::string bytes;
  };
  /// Waits for bytes; at most 64 KiB come at once.
  Read read(std::chrono::milliseconds patience = kPatience);
  /// Sends all of it; false when the other side is gone or takes nothing.
  bool send(std::string_view bytes);

  /// No more bytes from here; reading goes on.
  void half_close();
  /// Closes with a RST, so the other side sees a broken connection.
  void reset();
  void close();
  /// Ends both directions without giving up the descriptor: a blocked read returns.
  void shut_down() const;

 private:
  Read read_tls(std::string buffer);

  struct FreeTls {
    void operator()(SSL* tls) const;
  };
  int fd_ = -1;
  std::unique_ptr<SSL, FreeTls> tls_;
};

/// A TCP socket that listens on a free port of 127.0.0.1.
class Listener {
 public:
  /// `backlog`: about how many connections may wait to be accepted; others hang.
  explicit Listener(int backlog = SOMAXCONN);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  /// The next connection; one that is not open when the listener was shut down.
  Socket accept() const;
  /// Wakes `accept`; may be called from another thread.
  void shut_down() const;

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace penstock::test
