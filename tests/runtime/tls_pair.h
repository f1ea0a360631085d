#pragma once

#include <array>
#include <csignal>
#include <memory>
#include <sys/socket.h>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "runtime/tls.h"
#include "support/socket.h"
#include "support/test_certificate.h"

namespace penstock::runtime {

inline TlsOptions options_of(const test::TestCertificate& certificate) {
  TlsOptions options;
  options.certificate_file = certificate.file();
  options.key_file = certificate.key_file();
  return options;
}

/// The descriptors of two connected local sockets.
inline std::array<int, 2> make_ends() {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  return ends;
}

/// Two connected ends: the first is a Socket of the current loop, the other a blocking one.
struct RawPair {
  std::unique_ptr<Socket> near;
  test::Socket far;

  RawPair() : RawPair(make_ends()) {}

 private:
  explicit RawPair(std::array<int, 2> ends)
      : near(std::make_unique<Socket>(ends[0])), far(ends[1]) {}
};

/// A TLS connection: our server's end, and a client's that belongs to the test. What the test sends
/// there lies in the socket at once.
struct TlsPair {
  std::unique_ptr<Stream> near;
  test::Socket far{-1};

  TlsPair(const TlsOptions& server, const test::TlsClient& client) {
    RawPair raw;
    auto context = TlsContext::for_server(server);
    EXPECT_TRUE(context) << context.error().detail;
    std::thread other([&] { EXPECT_TRUE(raw.far.connect_tls(client)); });
    auto accepted = accept_tls(std::move(raw.near), **context, {});
    other.join();
    EXPECT_TRUE(accepted) << accepted.error().detail;
    if (accepted) near = std::move(*accepted);
    far = std::move(raw.far);
  }
  explicit TlsPair(const test::TestCertificate& certificate)
      : TlsPair(options_of(certificate), {.ca_file = certificate.file()}) {}
};

}  // namespace penstock::runtime
