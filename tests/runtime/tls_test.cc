// Handshakes with clients of every kind.

#include "runtime/tls.h"

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include "runtime/loop.h"
#include "runtime/tls_pair.h"
#include "support/fiber_test.h"
#include "support/http_message.h"
#include "support/manual_clock.h"

namespace penstock::runtime {
namespace {

using namespace std::chrono_literals;
using test::TestCertificate;
using ::testing::HasSubstr;

std::string read_some(Stream& stream) {
  std::array<char, 64> buffer;
  const auto got = stream.read(buffer, {});
  return got ? std::string(buffer.data(), *got) : "error: " + got.error().detail;
}

/// A handshake that fails on our side; the client sees it end as well.
IoError refusal_of(const TlsOptions& server, const test::TlsClient& client) {
  RawPair raw;
  const auto context = TlsContext::for_server(server);
  EXPECT_TRUE(context);
  std::thread other([&] {
    raw.far.connect_tls(client);  // a client of TLS 1.3 learns later that it was turned away
    EXPECT_NE(raw.far.read().state, test::Socket::State::kBytes);
    raw.far.close();
  });
  const auto accepted = accept_tls(std::move(raw.near), **context, {});
  other.join();
  return accepted ? IoError{IoError::Kind::kName, "it was let in"} : accepted.error();
}

FIBER_TEST(Tls, CarriesBytesBothWays) {
  const TestCertificate certificate;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsPair pair(options_of(certificate), {.ca_file = certificate.file(), .max_version = version});
    EXPECT_EQ(pair.far.tls_version(), version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
    EXPECT_TRUE(pair.far.send("ping"));
    EXPECT_EQ(read_some(*pair.near), "ping");
    EXPECT_TRUE(pair.near->write("pong", {}));
    EXPECT_EQ(pair.far.read().bytes, "pong");
    EXPECT_EQ(pair.near->peer_subject(), "");
    pair.near->shutdown_write();
    EXPECT_EQ(pair.far.read().state, test::Socket::State::kEnd);
  }
}

FIBER_TEST(Tls, ChoosesHttp11AmongWhatAClientOffers) {
  const TestCertificate certificate;
  const TlsOptions server = options_of(certificate);
  const TlsPair both(server, {.ca_file = certificate.file(), .protocols = "\x02h2\x08http/1.1"});
  EXPECT_EQ(both.far.protocol(), "http/1.1");
  EXPECT_EQ(TlsPair(certificate).far.protocol(), "");
  const IoError h2 = refusal_of(server, {.ca_file = certificate.file(), .protocols = "\x02h2"});
  EXPECT_EQ(h2.kind, IoError::Kind::kTls);
}

FIBER_TEST(Tls, NamesTheSubjectOfAVerifiedClientCertificate) {
  const TestCertificate certificate;
  const TestCertificate client("/C=DE/O=Example, Inc./CN=Zoë");
  TlsOptions server = options_of(certificate);
  server.ca_file = client.file();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const TlsPair pair(server, {.ca_file = certificate.file(),
                                .certificate_file = client.file(),
                                .key_file = client.key_file(),
                                .max_version = version});
    EXPECT_EQ(pair.near->peer_subject(), R"(CN=Zo\C3\AB,O=Example\, Inc.,C=DE)");
  }
}

FIBER_TEST(Tls, LetsAClientWithoutACertificateInWhereThatIsOptional) {
  const TestCertificate certificate;
  TlsOptions server = options_of(certificate);
  server.ca_file = certificate.file();
  server.client_certificate = TlsOptions::ClientCertificate::kOptional;
  const TlsPair pair(server, {.ca_file = certificate.file()});
  EXPECT_EQ(pair.near->peer_subject(), "");
}

FIBER_TEST(Tls, TurnsAwayAClientWithoutACertificateWhereThatIsRequired) {
  const TestCertificate certificate;
  TlsOptions server = options_of(certificate);
  server.ca_file = certificate.file();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const IoError error =
        refusal_of(server, {.ca_file = certificate.file(), .max_version = version});
    EXPECT_EQ(error.kind, IoError::Kind::kTls);
    EXPECT_EQ(error.detail, "the client showed no certificate, and one is required");
  }
}

FIBER_TEST(Tls, TurnsAwayACertificateOfAnUnknownAuthorityEvenWhereNoneIsRequired) {
  const TestCertificate certificate;
  const TestCertificate stranger;
  TlsOptions server = options_of(certificate);
  server.ca_file = certificate.file();
  server.client_certificate = TlsOptions::ClientCertificate::kOptional;
  const IoError error = refusal_of(server, {.ca_file = certificate.file(),
                                            .certificate_file = stranger.file(),
                                            .key_file = stranger.key_file()});
  EXPECT_EQ(error.kind, IoError::Kind::kTls);
  EXPECT_THAT(error.detail, HasSubstr("the certificate of the client was refused: self-signed"));
}

FIBER_TEST(Tls, TurnsAwayAVersionThatIsTooOld) {
  const TestCertificate certificate;
  TlsOptions server = options_of(certificate);
  server.min_version = TlsOptions::Version::k1_3;
  const IoError error =
      refusal_of(server, {.ca_file = certificate.file(), .max_version = TLS1_2_VERSION});
  EXPECT_EQ(error.kind, IoError::Kind::kTls);
  EXPECT_EQ(error.detail, "the client speaks no version of TLS that is allowed here");
}

FIBER_TEST(Tls, SaysThatTheClientDoesNotTrustUs) {
  const TestCertificate certificate;
  const TestCertificate other;
  const IoError error = refusal_of(options_of(certificate), {.ca_file = other.file()});
  EXPECT_EQ(error.kind, IoError::Kind::kTls);
  EXPECT_THAT(error.detail, HasSubstr("the client refused our certificate: tlsv1 alert"));
}

FIBER_TEST(Tls, TellsAClientThatSpeaksPlainHttpInPlainHttp) {
  const TestCertificate certificate;
  const auto context = TlsContext::for_server(options_of(certificate));
  for (const char* method : {"GET", "OPTIONS", "CONNECT"}) {
    RawPair raw;
    test::Message answer;
    std::thread other([&] {
      raw.far.send(std::string(method) + " / HTTP/1.1\r\nHost: x\r\n\r\n" + std::string(9000, 'x'));
      answer = test::MessageReader(raw.far, test::MessageReader::Kind::kAnswer).read();
      raw.far.close();
    });
    const auto accepted = accept_tls(std::move(raw.near), **context, {});
    other.join();
    EXPECT_EQ(answer.status(), 400);
    EXPECT_EQ(answer.field("connection"), "close");
    EXPECT_EQ(answer.body, "this port speaks HTTPS; write https:// in front of its name\n");
    ASSERT_FALSE(accepted);
    EXPECT_EQ(accepted.error().kind, IoError::Kind::kTls);
    EXPECT_EQ(accepted.error().detail, "the client spoke plain HTTP");
  }
}

FIBER_TEST(Tls, TellsAClientThatLeavesFromOneThatSpeaksNonsense) {
  const TestCertificate certificate;
  const auto context = TlsContext::for_server(options_of(certificate));
  for (const auto& [sent, kind] : {std::pair{"", IoError::Kind::kClosed},
                                   {"\x16\x03\x01", IoError::Kind::kClosed},
                                   {"\x01nonsense, and more of it", IoError::Kind::kTls}}) {
    RawPair raw;
    raw.far.send(sent);
    raw.far.close();
    const auto accepted = accept_tls(std::move(raw.near), **context, {});
    ASSERT_FALSE(accepted);
    EXPECT_EQ(accepted.error().kind, kind) << accepted.error().detail;
  }
}

TEST(Tls, GivesAHandshakeUpAtTheDeadline) {
  const TestCertificate certificate;
  for (const char* sent : {"", "\x16\x03\x01"}) {
    test::ManualClock clock;
    Loop loop(clock);
    bool timed_out = false;
    loop.spawn([&] {
      const auto context = TlsContext::for_server(options_of(certificate));
      RawPair raw;
      raw.far.send(sent);
      const auto accepted = accept_tls(std::move(raw.near), **context, {clock.now() + 1s, nullptr});
      timed_out = !accepted && accepted.error().kind == IoError::Kind::kTimeout;
    });
    clock.advance(1s);
    loop.fire_timers();
    EXPECT_TRUE(timed_out);
  }
}

FIBER_TEST(Tls, OurTwoSidesUnderstandEachOther) {
  const TestCertificate certificate;
  const TestCertificate client("/CN=ci");
  TlsOptions ours = options_of(certificate);
  ours.ca_file = client.file();
  TlsOptions theirs = options_of(client);
  theirs.ca_file = certificate.file();
  theirs.min_version = TlsOptions::Version::k1_3;
  const auto server = TlsContext::for_server(ours);
  const auto from = TlsContext::for_client(theirs);
  ASSERT_TRUE(server && from);

  const std::array<int, 2> ends = make_ends();
  Loop::current().spawn([&, end = ends[1]] {
    auto stream = connect_tls(std::make_unique<Socket>(end), **from, "localhost", {});
    ASSERT_TRUE(stream) << stream.error().detail;
    EXPECT_EQ((*stream)->peer_subject(), "CN=localhost");
    EXPECT_TRUE((*stream)->write("hello", {}));
  });
  auto stream = accept_tls(std::make_unique<Socket>(ends[0]), **server, {});
  ASSERT_TRUE(stream) << stream.error().detail;
  EXPECT_EQ((*stream)->peer_subject(), "CN=ci");
  EXPECT_EQ(read_some(**stream), "hello");
}

/// A client that comes back with its session: the certificate is not shown again.
FIBER_TEST(Tls, AResumedSessionKeepsItsSubject) {
  const TestCertificate certificate;
  const TestCertificate client("/CN=ci");
  TlsOptions ours = options_of(certificate);
  ours.ca_file = client.file();
  const auto server = TlsContext::for_server(ours);
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> theirs(SSL_CTX_new(TLS_client_method()),
                                                                 &SSL_CTX_free);
  SSL_CTX_use_certificate_file(theirs.get(), client.file().c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file(theirs.get(), client.key_file().c_str(), SSL_FILETYPE_PEM);
  SSL_SESSION* session = nullptr;
  for (const bool resumed : {false, true}) {
    const std::array<int, 2> ends = make_ends();
    std::thread other([&] {
      SSL* const ssl = SSL_new(theirs.get());
      SSL_set_fd(ssl, ends[1]);
      if (resumed) SSL_set_session(ssl, session);
      EXPECT_EQ(SSL_connect(ssl), 1);
      EXPECT_EQ(SSL_session_reused(ssl), resumed ? 1 : 0);
      char byte = 0;
      EXPECT_EQ(SSL_read(ssl, &byte, 1), 1);  // behind the ticket
      SSL_SESSION_free(session);
      session = SSL_get1_session(ssl);
      SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN);  // a session that ends badly is not resumed
      SSL_free(ssl);
    });
    const auto stream = accept_tls(std::make_unique<Socket>(ends[0]), **server, {});
    ASSERT_TRUE(stream) << stream.error().detail;
    EXPECT_EQ((*stream)->peer_subject(), "CN=ci");
    EXPECT_TRUE((*stream)->write("x", {}));
    other.join();
    ::close(ends[1]);
  }
  SSL_SESSION_free(session);
}

}  // namespace
}  // namespace penstock::runtime
