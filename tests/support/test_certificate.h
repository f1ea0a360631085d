#pragma once

#include <memory>
#include <string>

#include <openssl/types.h>

#include "support/temp_folder.h"

namespace penstock::test {

/// A certificate for localhost and 127.0.0.1, made by the openssl program and signed by itself: who
/// takes `file` as its authority trusts it.
class TestCertificate {
 public:
  TestCertificate();

  const std::string& file() const noexcept { return certificate_; }
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
