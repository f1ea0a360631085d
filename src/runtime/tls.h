#pragma once

#include <memory>
#include <string>

#include "penstock/result.h"

#include "runtime/socket.h"
#include "runtime/stream.h"

struct ssl_ctx_st;

namespace penstock::runtime {

/// What TLS connections to upstreams share: trusted authorities, versions (1.2 and later), options.
/// Thread-safe once made.
class TlsContext {
 public:
  /// `ca_file`: PEM file of trusted authorities; empty: the system's store. Error: the file cannot
  /// be read; the message names it.
  static Result<std::shared_ptr<TlsContext>> for_client(const std::string& ca_file);
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

}  // namespace penstock::runtime
