#pragma once

#include <memory>
#include <string>

#include <openssl/ssl.h>

#include "runtime/socket.h"
#include "runtime/stream.h"

namespace penstock::runtime {

struct SslDeleter {
  void operator()(SSL* ssl) const noexcept { ::SSL_free(ssl); }
};
using SslPointer = std::unique_ptr<SSL, SslDeleter>;

/// The words of OpenSSL for an error code.
std::string openssl_reason(unsigned long code);

/// A TLS connection whose handshake is done: what connect_tls and accept_tls give.
class TlsStream final : public Stream, private ReadWatcher {
 public:
  TlsStream(std::unique_ptr<Socket> socket, SslPointer ssl)
      : socket_(std::move(socket)), ssl_(std::move(ssl)) {}

  IoResult<std::size_t> read(std::span<char> buffer, Deadline deadline) override;
  IoResult<void> write(std::span<const std::string_view> pieces, Deadline deadline) override;
  using Stream::write;
  IoResult<std::size_t> write_until_input(std::span<const std::string_view> pieces,
                                          Deadline deadline) override;
  /// Takes in what belongs to TLS itself, such as session tickets.
  bool is_quiet() override;

  /// Decrypts while nobody reads. An end of any kind counts: close_notify, FIN, reset, nonsense.
  void watch(Cancel& cancel, std::string& spill, std::size_t limit) override;
  void unwatch() override;

  void shutdown_write() override;
  std::string peer_subject() const override;

 private:
  void on_readable() override;
  IoResult<void> wait(int done, Deadline deadline);

  std::unique_ptr<Socket> socket_;
  SslPointer ssl_;
  Cancel* cancel_ = nullptr;  // of the watch; null: there is none
  std::string* spill_ = nullptr;
  std::size_t spill_limit_ = 0;
};

}  // namespace penstock::runtime
