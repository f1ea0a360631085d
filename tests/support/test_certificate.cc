#include "support/test_certificate.h"

#include <cstdlib>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace penstock::test {

void TestCertificate::FreeContext::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}

TestCertificate::TestCertificate(const std::string& subject)
    : context_(SSL_CTX_new(TLS_server_method())) {
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
      " -utf8 -subj '" +
      subject + "' -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout " + key_ + " -out " +
      certificate_ + " 2>/dev/null";
  const bool made = std::system(command.c_str()) == 0;
  const bool loaded =
      made &&
      SSL_CTX_use_certificate_file(context_.get(), certificate_.c_str(), SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_use_PrivateKey_file(context_.get(), key_.c_str(), SSL_FILETYPE_PEM) == 1;
  if (!loaded) ADD_FAILURE() << "no certificate; is the openssl program installed?";
}

void TestCertificate::require_clients_of(const std::string& ca_file) {
  EXPECT_EQ(SSL_CTX_load_verify_file(context_.get(), ca_file.c_str()), 1);
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

}  // namespace penstock::test
