#pragma once

#include <memory>
#include <string>

#include <openssl/types.h>

#include "support/temp_folder.h"

namespace penstock::test {

/// A certificate for localhost and 127.0.0.1, made by the openssl program and signed by itself: who
/// takes `file` as its authority trusts it. Good for servers and for clients.
class TestCertificate {
 public:
  /// `subject` as the openssl program takes it: "/O=Example/CN=ci".
  explicit TestCertificate(const std::string& subject = "/CN=localhost");

  const std::string& file() const noexcept { return certificate_; }
  const std::string& key_file() const noexcept { return key_; }
  /// From now on the server's side requires a certificate of clients, with that authority.
  void require_clients_of(const std::string& ca_file);
  /// For the server's side of TLS; lives as long as this.
  SSL_CTX* context() const noexcept { return context_.get(); }

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const;
  };
  TempFolder folder_;
  std::string certificate_ = folder_.path() + "/certificate.pem";
  std::string key_ = folder_.path() + "/key.pem";
  std::unique_ptr<SSL_CTX, FreeContext> context_;
};

}  // namespace penstock::test
