#include "runtime/tls.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace penstock::runtime {

namespace {

std::string openssl_error() {
  const unsigned long code = ::ERR_get_error();
  ::ERR_clear_error();
  if (code == 0) return "the connection ended";
  const char* reason = ::ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

struct SslDeleter {
  void operator()(SSL* ssl) const noexcept { ::SSL_free(ssl); }
};
using SslPointer = std::unique_ptr<SSL, SslDeleter>;

class TlsStream final : public Stream {
 public:
  TlsStream(std::unique_ptr<Socket> socket, SslPointer ssl)
      : socket_(std::move(socket)), ssl_(std::move(ssl)) {}

  IoResult<void> handshake(Deadline deadline) {
    while (true) {
      ::ERR_clear_error();
      const int done = ::SSL_connect(ssl_.get());
      if (done == 1) return {};
      if (auto waited = wait(done, deadline); !waited) return describe(waited.error());
    }
  }

  IoResult<std::size_t> read(std::span<char> buffer, Deadline deadline) override {
    while (true) {
      ::ERR_clear_error();
      std::size_t got = 0;
      const int done = ::SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &got);
      if (done == 1) return got;
      if (::SSL_get_error(ssl_.get(), done) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
      if (auto waited = wait(done, deadline); !waited) return waited.error();
    }
  }

  IoResult<void> write(std::span<const std::string_view> pieces, Deadline deadline) override {
    std::string joined;  // one record for a small message, whatever its pieces
    for (const std::string_view piece : pieces) joined.append(piece);
    std::string_view left = joined;
    while (!left.empty()) {
      ::ERR_clear_error();
      std::size_t sent = 0;
      const int done = ::SSL_write_ex(ssl_.get(), left.data(), left.size(), &sent);
      if (done == 1) {
        left.remove_prefix(sent);
      } else if (auto waited = wait(done, deadline); !waited) {
        return waited.error();
      }
    }
    return {};
  }

  bool is_quiet() override {
    // Session tickets may lie in the socket: peeking takes them in and finds no data.
    ::ERR_clear_error();
    char byte = 0;
    const int got = ::SSL_peek(ssl_.get(), &byte, 1);
    return got <= 0 && ::SSL_get_error(ssl_.get(), got) == SSL_ERROR_WANT_READ;
  }

  void watch(Cancel&, std::string&, std::size_t) override {}
  void unwatch() override {}

  void shutdown_write() override {
    ::SSL_shutdown(ssl_.get());
    socket_->shutdown_write();
  }

 private:
  IoResult<void> wait(int done, Deadline deadline) {
    switch (::SSL_get_error(ssl_.get(), done)) {
      case SSL_ERROR_WANT_READ:
        return socket_->wait_readable(deadline);
      case SSL_ERROR_WANT_WRITE:
        return socket_->wait_writable(deadline);
      case SSL_ERROR_SYSCALL:
        return IoError{IoError::Kind::kClosed,
                       errno == 0 ? "the peer closed" : std::strerror(errno)};
      default:
        return IoError{IoError::Kind::kClosed, "tls: " + openssl_error()};
    }
  }

  /// During the handshake a refusal is the TLS layer's, and the certificate's fault has a name.
  IoError describe(IoError error) const {
    if (error.kind != IoError::Kind::kClosed) return error;
    error.kind = IoError::Kind::kTls;
    const long verdict = ::SSL_get_verify_result(ssl_.get());
    if (verdict != X509_V_OK) {
      error.detail = std::string("certificate: ") + ::X509_verify_cert_error_string(verdict);
    }
    return error;
  }

  std::unique_ptr<Socket> socket_;
  SslPointer ssl_;
};

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  return ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

bool expect_host(SSL* ssl, const std::string& host) {
  if (is_address(host)) {
    return ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(ssl), host.c_str()) == 1;
  }
  ::SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return ::SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 &&
         ::SSL_set1_host(ssl, host.c_str()) == 1;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::for_client(const TlsOptions& options) {
  const std::string& ca_file = options.ca_file;
  SSL_CTX* raw = ::SSL_CTX_new(::TLS_client_method());
  if (raw == nullptr) return internal_error("cannot make a TLS context: " + openssl_error());
  std::shared_ptr<TlsContext> context(new TlsContext(raw));
  ::SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  ::SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  ::SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
  const int loaded = ca_file.empty()
                         ? ::SSL_CTX_set_default_verify_paths(raw)
                         : ::SSL_CTX_load_verify_locations(raw, ca_file.c_str(), nullptr);
  if (loaded != 1) {
    return internal_error("cannot read certificates from `" +
                          (ca_file.empty() ? "the system's store" : ca_file) +
                          "`: " + openssl_error());
  }
  return context;
}

TlsContext::~TlsContext() {
  ::SSL_CTX_free(context_);
}

IoResult<std::unique_ptr<Stream>> connect_tls(std::unique_ptr<Socket> socket, TlsContext& context,
                                              const std::string& host, Deadline deadline) {
  SslPointer ssl(::SSL_new(context.get()));
  if (!ssl || ::SSL_set_fd(ssl.get(), socket->descriptor()) != 1 || !expect_host(ssl.get(), host)) {
    return IoError{IoError::Kind::kTls, openssl_error()};
  }
  auto stream = std::make_unique<TlsStream>(std::move(socket), std::move(ssl));
  if (auto shaken = stream->handshake(deadline); !shaken) return shaken.error();
  return IoResult<std::unique_ptr<Stream>>(std::move(stream));
}

}  // namespace penstock::runtime
