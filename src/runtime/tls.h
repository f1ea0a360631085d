#pragma once

#include <memory>
#include <string>

#include "penstock/result.h"

#include "base/tls_options.h"
#include "runtime/socket.h"
#include "runtime/stream.h"

struct ssl_ctx_st;

namespace penstock::runtime {

/// What the TLS connections of one side share: certificates, trusted authorities, versions. Holds
/// what the files said when it was made. Thread-safe.
class TlsContext {
 public:
  /// For connections that we make: to upstreams. Error: a file cannot be read, or holds no
  /// certificate or key, or the key is not the certificate's; `detail` names the file, `param` the
  /// setting that it comes from: ca_file, certificate_file or key_file. Reads files: may block.
  static Result<std::shared_ptr<TlsContext>> for_client(const TlsOptions& options);
  /// For connections that clients make to us: TLS 1.2 (with forward secrecy and authenticated
  /// encryption only) and 1.3, ALPN http/1.1. Errors as above; the authorities' file is called
  /// client_ca_file.
  static Result<std::shared_ptr<TlsContext>> for_server(const TlsOptions& options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* get() const noexcept { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

/// Makes TLS on a connected socket: sends `host` as SNI (unless it is an address), verifies the
/// chain and that the certificate is for `host`. Suspends. Errors: kTls with the reason, and those
/// of a stream. An end without close_notify reads as kClosed, since a body may have been cut there.
IoResult<std::unique_ptr<Stream>> connect_tls(std::unique_ptr<Socket> socket, TlsContext& context,
                                              const std::string& host, Deadline deadline);

/// The other side: answers a client's handshake on an accepted socket. A client that speaks plain
/// HTTP is told so in plain HTTP. Suspends. Errors: kTls with the reason (plain HTTP was spoken, a
/// certificate is missing or bad, no common version, the client refuses our certificate), kClosed
/// when the client left in the middle, kTimeout, kCancelled. What was said to a client that is
/// turned away gets up to a second to arrive.
IoResult<std::unique_ptr<Stream>> accept_tls(std::unique_ptr<Socket> socket, TlsContext& context,
                                             Deadline deadline);

}  // namespace penstock::runtime
