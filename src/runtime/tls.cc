#include "runtime/tls.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "runtime/loop.h"
#include "runtime/tls_stream.h"

namespace penstock::runtime {

namespace {

constexpr auto kLingerTime = std::chrono::seconds(1);
constexpr std::size_t kLingerBytes = 64 * 1024;

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

/// Why OpenSSL gave a handshake up. `peer`: "client" or "server".
IoError refusal(SSL* ssl, const std::string& peer) {
  const unsigned long code = ::ERR_get_error();
  ::ERR_clear_error();
  const long verdict = ::SSL_get_verify_result(ssl);
  std::string detail = openssl_reason(code);
  switch (ERR_GET_REASON(code)) {
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return {IoError::Kind::kClosed, "the " + peer + " left during the handshake"};
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      detail = "the " + peer + " showed no certificate, and one is required";
      break;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      detail = "the certificate of the " + peer +
               " was refused: " + ::X509_verify_cert_error_string(verdict);
      break;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
      detail = "the " + peer + " speaks no version of TLS that is allowed here";
      break;
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
      detail = "the " + peer + " refused our certificate: " + detail;
      break;
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      detail = "the " + peer + " requires a certificate";
      break;
    default:
      break;
  }
  return {IoError::Kind::kTls, std::move(detail)};
}

/// Runs SSL_connect or SSL_accept to its end.
IoResult<void> shake_hands(SSL* ssl, Socket& socket, int (*step)(SSL*), const std::string& peer,
                           Deadline deadline) {
  while (true) {
    ::ERR_clear_error();
    const int done = step(ssl);
    if (done == 1) return {};
    IoResult<void> waited;
    switch (::SSL_get_error(ssl, done)) {
      case SSL_ERROR_WANT_READ:
        waited = socket.wait_readable(deadline);
        break;
      case SSL_ERROR_WANT_WRITE:
        waited = socket.wait_writable(deadline);
        break;
      case SSL_ERROR_SYSCALL:
        return IoError{IoError::Kind::kClosed,
                       "the " + peer + " left during the handshake: " + std::strerror(errno)};
      default:
        return refusal(ssl, peer);
    }
    if (!waited) return waited.error();
  }
}

/// Waits for the first byte and looks at it: no TLS record begins with a letter, every HTTP request
/// does. OpenSSL itself knows some methods only.
IoResult<bool> speaks_plain_http(Socket& socket, Deadline deadline) {
  char first = 0;
  while (true) {
    const ssize_t got = ::recv(socket.descriptor(), &first, 1, MSG_PEEK);
    if (got == 1) return first >= 'A' && first <= 'Z';
    if (got == 0) return IoError{IoError::Kind::kClosed, "the client left before the handshake"};
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return IoError{IoError::Kind::kClosed, std::strerror(errno)};
    if (auto waited = socket.wait_readable(deadline); !waited) return waited.error();
  }
}

std::string plain_answer() {
  const std::string text = "this port speaks HTTPS; write https:// in front of its name\n";
  return "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\n"
         "content-length: " +
         std::to_string(text.size()) + "\r\n\r\n" + text;
}

/// Closing a socket that holds unread bytes resets the connection, and the reset may overtake the
/// last words: so the bytes are taken in for a while.
void linger(Socket& socket, Deadline deadline) {
  socket.shutdown_write();
  Loop& loop = Loop::current();
  deadline.at = std::min(deadline.at, loop.clock().now() + kLingerTime);
  for (std::size_t taken = 0; taken < kLingerBytes;) {
    const auto got = socket.read(loop.scratch(), deadline);
    if (!got || *got == 0) return;
    taken += *got;
  }
}

IoResult<SslPointer> make_ssl(TlsContext& context, Socket& socket) {
  SslPointer ssl(::SSL_new(context.get()));
  if (ssl && ::SSL_set_fd(ssl.get(), socket.descriptor()) == 1) return ssl;
  return IoError{IoError::Kind::kTls, openssl_reason(::ERR_get_error())};
}

}  // namespace

IoResult<std::unique_ptr<Stream>> connect_tls(std::unique_ptr<Socket> socket, TlsContext& context,
                                              const std::string& host, Deadline deadline) {
  auto ssl = make_ssl(context, *socket);
  if (!ssl) return ssl.error();
  if (!expect_host(ssl->get(), host)) {
    return IoError{IoError::Kind::kTls, openssl_reason(::ERR_get_error())};
  }
  const auto shaken = shake_hands(ssl->get(), *socket, ::SSL_connect, "server", deadline);
  if (!shaken) {
    // A server that hangs up now has something against our TLS.
    IoError error = shaken.error();
    if (error.kind == IoError::Kind::kClosed) error.kind = IoError::Kind::kTls;
    return error;
  }
  std::unique_ptr<Stream> stream = std::make_unique<TlsStream>(std::move(socket), std::move(*ssl));
  return stream;
}

IoResult<std::unique_ptr<Stream>> accept_tls(std::unique_ptr<Socket> socket, TlsContext& context,
                                             Deadline deadline) {
  const auto plain = speaks_plain_http(*socket, deadline);
  if (!plain) return plain.error();
  if (*plain) {
    if (socket->write(plain_answer(), deadline)) linger(*socket, deadline);
    return IoError{IoError::Kind::kTls, "the client spoke plain HTTP"};
  }
  auto ssl = make_ssl(context, *socket);
  if (!ssl) return ssl.error();
  const auto shaken = shake_hands(ssl->get(), *socket, ::SSL_accept, "client", deadline);
  if (!shaken) {
    if (shaken.error().kind == IoError::Kind::kTls) linger(*socket, deadline);
    return shaken.error();
  }
  std::unique_ptr<Stream> stream = std::make_unique<TlsStream>(std::move(socket), std::move(*ssl));
  return stream;
}

}  // namespace penstock::runtime
