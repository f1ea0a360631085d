#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/types.h>

namespace penstock::bench {

struct FreeContext {
  void operator()(SSL_CTX* context) const;
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeContext>;
/// A server with that certificate and key (PEM), or a client that trusts `ca_file` and asks for the
/// name localhost. TLS 1.2 and 1.3, the library's own list of ciphers. Null: a file is no good.
TlsContext tls_server(const std::string& certificate_file, const std::string& key_file);
TlsContext tls_client(const std::string& ca_file);

/// A non-blocking TCP connection over IPv4, clear or in TLS. Closed when it dies.
class Wire {
 public:
  Wire() = default;
  /// Takes a connected, or connecting, socket. `tls` may be null and outlives this.
  enum class Side { kClient, kServer };
  Wire(int fd, SSL_CTX* tls, Side side);
  ~Wire() { close(); }
  Wire(Wire&& other) noexcept;
  Wire& operator=(Wire&& other) noexcept;

  bool open() const noexcept { return fd_ >= 0; }
  int fd() const noexcept { return fd_; }
  void close();

  enum class State {
    kMore,     // try again at once
    kBlocked,  // wait until the loop says that it is ready
    kClosed,   // the peer is gone
  };
  struct Moved {
    std::size_t bytes = 0;
    State state = State::kBlocked;
  };
  Moved read(char* into, std::size_t size);
  Moved write(std::string_view bytes);

 private:
  Moved read_tls(char* into, std::size_t size);
  Moved write_tls(std::string_view bytes);
  Moved after_tls(int result) const;

  int fd_ = -1;
  SSL* ssl_ = nullptr;
};

/// A socket on its way to 127.0.0.1:port; -1: no descriptor or no port is left. `receive_buffer`:
/// bytes the kernel may hold for it, 0 for its own choice.
int start_connect(std::uint16_t port, int receive_buffer);
/// A socket that listens on 127.0.0.1, port 0 for a free one; -1: it cannot.
int start_listening(std::uint16_t& port);
/// The next connection; -1: none waits.
int accept_one(int listener);
/// Takes as many file descriptors as the process may have.
void raise_descriptor_limit();

}  // namespace penstock::bench
