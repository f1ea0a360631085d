// What is wrong with certificates and keys is said before anybody connects.

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/tls.h"
#include "support/temp_folder.h"
#include "support/test_certificate.h"

namespace penstock::runtime {
namespace {

using test::TestCertificate;
using ::testing::HasSubstr;

class TlsFiles : public ::testing::Test {
 protected:
  TlsFiles() {
    options_.certificate_file = certificate_.file();
    options_.key_file = certificate_.key_file();
  }
  /// Whether both sides refuse the options with that setting and detail.
  void expect_refused(const std::string& setting, const std::string& detail) const {
    const auto server = TlsContext::for_server(options_);
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().param, setting == "ca_file" ? "client_ca_file" : setting);
    EXPECT_THAT(server.error().detail, HasSubstr(detail));
    const auto client = TlsContext::for_client(options_);
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().param, setting);
    EXPECT_EQ(client.error().detail, server.error().detail);
  }

  const TestCertificate certificate_;
  const test::TempFolder folder_;
  TlsOptions options_;
};

TEST_F(TlsFiles, MakeAContextWhenAllIsWell) {
  EXPECT_TRUE(TlsContext::for_server(options_));
  options_.ca_file = certificate_.file();
  EXPECT_TRUE(TlsContext::for_server(options_));
  EXPECT_TRUE(TlsContext::for_client(options_));
  EXPECT_TRUE(TlsContext::for_client({}));
}

TEST_F(TlsFiles, MayBeMissing) {
  const std::string missing = folder_.path() + "/missing.pem";
  const std::string detail = "cannot read `" + missing + "`: No such file or directory";
  options_.ca_file = missing;
  expect_refused("ca_file", detail);
  options_.ca_file.clear();
  options_.key_file = missing;
  expect_refused("key_file", detail);
  options_.certificate_file = missing;
  expect_refused("certificate_file", detail);
}

TEST_F(TlsFiles, MayHoldSomethingElse) {
  const std::string other = folder_.write("other.pem", "hello\n");
  options_.ca_file = other;
  expect_refused("ca_file", "`" + other + "` holds no certificate in PEM form");
  options_.ca_file.clear();
  options_.key_file = other;
  expect_refused("key_file", "`" + other + "` holds no private key without a passphrase");
  options_.key_file = options_.certificate_file;
  expect_refused("key_file", "` holds no private key without a passphrase in PEM form");
  options_.certificate_file = other;
  expect_refused("certificate_file", "`" + other + "` holds no certificate in PEM form");
}

TEST_F(TlsFiles, MayBeBrokenInTheMiddle) {
  const std::string broken =
      folder_.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  options_.certificate_file = broken;
  expect_refused("certificate_file", "`" + broken + "` does not serve as certificate: ");
}

TEST_F(TlsFiles, MayNotBelongTogether) {
  const TestCertificate other;
  options_.key_file = other.key_file();
  expect_refused("key_file", "the key in `" + other.key_file() +
                                 "` is not the one of the certificate in `" + certificate_.file() +
                                 "`");
}

TEST_F(TlsFiles, MayBeOfTwoKinds) {
  const std::string rsa = folder_.path() + "/rsa.pem";
  ASSERT_EQ(std::system(("openssl genrsa -out " + rsa + " 2048 2>/dev/null").c_str()), 0);
  options_.key_file = rsa;
  expect_refused("key_file", "is not the one of the certificate in");
}

TEST_F(TlsFiles, MayHoldAKeyWithAPassphraseThatNobodyIsAskedFor) {
  const std::string locked = folder_.path() + "/locked.pem";
  const std::string command = "openssl pkcs8 -topk8 -passout pass:secret -in " +
                              certificate_.key_file() + " -out " + locked;
  ASSERT_EQ(std::system(command.c_str()), 0);
  options_.key_file = locked;
  expect_refused("key_file", "private key without a passphrase");
}

}  // namespace
}  // namespace penstock::runtime
