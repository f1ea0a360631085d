#include "runtime/tls_stream.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "runtime/cancel.h"
#include "runtime/spill.h"

namespace penstock::runtime {

std::string openssl_reason(unsigned long code) {
  if (code == 0) return "the connection ended";
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
  const char* reason = ::ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

IoResult<std::size_t> TlsStream::read(std::span<char> buffer, Deadline deadline) {
  while (true) {
    ::ERR_clear_error();
    std::size_t got = 0;
    const int done = ::SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &got);
    if (done == 1) return got;
    if (::SSL_get_error(ssl_.get(), done) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
    if (auto waited = wait(done, deadline); !waited) return waited.error();
  }
}

IoResult<void> TlsStream::write(std::span<const std::string_view> pieces, Deadline deadline) {
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

IoResult<std::size_t> TlsStream::write_until_input(std::span<const std::string_view> pieces,
                                                   Deadline deadline) {
  std::string joined;
  for (const std::string_view piece : pieces) joined.append(piece);
  std::size_t taken = 0;
  while (taken < joined.size()) {
    ::ERR_clear_error();
    std::size_t sent = 0;
    const int done =
        ::SSL_write_ex(ssl_.get(), joined.data() + taken, joined.size() - taken, &sent);
    taken += sent;
    if (done == 1) continue;
    IoResult<void> waited;
    if (::SSL_get_error(ssl_.get(), done) == SSL_ERROR_WANT_WRITE) {
      if (!is_quiet()) break;
      waited = socket_->wait_either(deadline);
    } else {
      waited = wait(done, deadline);
    }
    if (!waited) return waited.error();
  }
  return taken;
}

bool TlsStream::is_quiet() {
  ::ERR_clear_error();
  char byte = 0;
  const int got = ::SSL_peek(ssl_.get(), &byte, 1);
  return got <= 0 && ::SSL_get_error(ssl_.get(), got) == SSL_ERROR_WANT_READ;
}

void TlsStream::watch(Cancel& cancel, std::string& spill, std::size_t limit) {
  cancel_ = &cancel;
  spill_ = &spill;
  spill_limit_ = limit;
  // The socket says nothing of a record that OpenSSL has taken from it already.
  if (::SSL_has_pending(ssl_.get()) == 1) {
    on_readable();
  } else if (spill.size() < limit) {
    socket_->watch(*this);
  }
}

void TlsStream::unwatch() {
  cancel_ = nullptr;
  socket_->unwatch();
}

// A write of the fiber may be half done meanwhile: OpenSSL keeps the two directions apart.
void TlsStream::on_readable() {
  std::array<char, 4096> buffer;
  while (spill_->size() < spill_limit_) {
    ::ERR_clear_error();
    std::size_t got = 0;
    const std::size_t room = std::min(buffer.size(), spill_limit_ - spill_->size());
    const int done = ::SSL_read_ex(ssl_.get(), buffer.data(), room, &got);
    if (done == 1 && append_to_spill(*spill_, {buffer.data(), got})) continue;
    const int error = ::SSL_get_error(ssl_.get(), done);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
      socket_->watch(*this);
      return;
    }
    // Gone, or no memory for what it says. May resume the fiber, and that may drop us.
    std::exchange(cancel_, nullptr)->request();
    return;
  }
}

void TlsStream::shutdown_write() {
  ::ERR_clear_error();
  ::SSL_shutdown(ssl_.get());
  socket_->shutdown_write();
}

std::string TlsStream::peer_subject() const {
  X509* const certificate = ::SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr || ::SSL_get_verify_result(ssl_.get()) != X509_V_OK) return {};
  const std::unique_ptr<BIO, decltype(&::BIO_free)> memory(::BIO_new(::BIO_s_mem()), &::BIO_free);
  const X509_NAME* const subject = ::X509_get_subject_name(certificate);
  if (!memory || ::X509_NAME_print_ex(memory.get(), subject, 0, XN_FLAG_RFC2253) < 0) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

IoResult<void> TlsStream::wait(int done, Deadline deadline) {
  switch (::SSL_get_error(ssl_.get(), done)) {
    case SSL_ERROR_WANT_READ:
      return socket_->wait_readable(deadline);
    case SSL_ERROR_WANT_WRITE:
      return socket_->wait_writable(deadline);
    case SSL_ERROR_SYSCALL:
      return IoError{IoError::Kind::kClosed, errno == 0 ? "the peer closed" : std::strerror(errno)};
    default:
      return IoError{IoError::Kind::kClosed, "tls: " + openssl_reason(::ERR_get_error())};
  }
}

}  // namespace penstock::runtime
