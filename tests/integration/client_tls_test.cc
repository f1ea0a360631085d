// Clients that come over TLS.

#include <csignal>
#include <filesystem>

#include <gmock/gmock.h>

#include "integration/fixture.h"
#include "support/test_certificate.h"

namespace penstock::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string yaml(const std::string& tls, const std::string& chain = {}) {
  return "server:\n  listen: \"127.0.0.1:0\"\n  threads: 1\n  tls: {" + tls +
         "}\n"
         "control: {listen: \"127.0.0.1:0\", watch_files: false}\n"
         "upstreams: {demo: {kind: demo, pace: 0s}}\n"
         "chain:\n  - log: {records: [exchange]}\n" +
         chain;
}

std::string files(const TestCertificate& certificate) {
  return "certificate_file: " + certificate.file() + ", key_file: " + certificate.key_file();
}

/// A connection over TLS; not open when the handshake failed.
struct Client {
  Client(const GatewayProcess& gateway, const TlsClient& options)
      : socket(Socket::connect(gateway.port())) {
    if (!socket.connect_tls(options)) socket.close();
  }
  Message ask(std::string_view request) {
    socket.send(request);
    return reader.read();
  }
  Socket socket;
  MessageReader reader{socket, MessageReader::Kind::kAnswer};
};

TEST(ClientTls, ServesPlainAndStreamedAnswersOnOneConnection) {
  const TestCertificate certificate;
  GatewayProcess gateway(yaml(files(certificate)));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  EXPECT_THAT(gateway.errors(), HasSubstr("listening on https://127.0.0.1:"));
  Client client(gateway, {.ca_file = certificate.file()});
  ASSERT_TRUE(client.socket.is_open());
  EXPECT_EQ(client.ask(post(kChat, kHello)).status(), 200);
  const Message streamed = client.ask(post(kChat, kHelloStream));
  EXPECT_TRUE(streamed.complete);
  EXPECT_THAT(streamed.body, HasSubstr("data: [DONE]"));
  EXPECT_EQ(client.ask(post(kChat, kHello) + post(kChat, kHello)).status(), 200);
  EXPECT_EQ(client.reader.read().status(), 200);  // the second one, which was sent along
}

/// A gateway with TLS before a scripted provider.
std::string before(const ScriptedUpstream& provider, const TestCertificate& certificate) {
  return "server:\n  listen: \"127.0.0.1:0\"\n  tls: {" + files(certificate) +
         "}\ncontrol: {listen: \"127.0.0.1:0\"}\nupstreams: {provider: {base_url: \"" +
         provider.base_url() + "\"}}\nchain: [log]\n";
}

TEST(ClientTls, TakesALargeBodyAndGivesALargeAnswer) {
  const TestCertificate certificate;
  const std::string text(2 << 20, 'x');
  const std::string large = R"({"text":")" + text + R"("})";
  ScriptedUpstream provider;
  provider.on_request([&large](auto& c) { c.send(json_reply(200, large)); });
  GatewayProcess gateway(before(provider, certificate));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  Client client(gateway, {.ca_file = certificate.file()});
  const Message answer = client.ask(
      post(kChat, R"({"model":"m","messages":[{"role":"user","content":")" + text + R"("}]})"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_TRUE(answer.body == large);  // EXPECT_EQ would print both
  ASSERT_EQ(provider.requests().size(), 1u);
  EXPECT_NE(provider.requests()[0].body.find(text), std::string::npos);
}

TEST(ClientTls, NoticesAClientThatLeaves) {
  const TestCertificate certificate;
  ScriptedUpstream provider;
  provider.on_request([](auto& c) { c.wait_for_client_close(); });
  GatewayProcess gateway(before(provider, certificate));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  {
    Client client(gateway, {.ca_file = certificate.file()});
    client.socket.send(post(kChat, kHello));
    ASSERT_TRUE(provider.wait_for_requests(1));
  }
  EXPECT_TRUE(provider.wait_for_client_closes(1));
}

TEST(ClientTls, ToldInPlainHttpSaysWhatIsWrong) {
  const TestCertificate certificate;
  GatewayProcess gateway(yaml(files(certificate)));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  const Message answer = fetch(gateway.port(), get("/livez"));
  EXPECT_EQ(answer.status(), 400);
  EXPECT_THAT(answer.body, HasSubstr("https://"));
  EXPECT_TRUE(gateway.wait_for_log([](const nlohmann::json& line) {
    return line.value("message", "") == "tls handshake failed" &&
           line.at("error") == "the client spoke plain HTTP";
  }));
  EXPECT_THAT(fetch(gateway.control_port(), get("/metrics")).body,
              HasSubstr("\npenstock_tls_handshake_failures_total 1\n"));
}

TEST(ClientTls, MakesTheCertificatesSubjectThePrincipal) {
  const TestCertificate server;
  const TestCertificate known("/O=Example/CN=ci");
  const TestCertificate stranger("/O=Example/CN=ci");
  GatewayProcess gateway(yaml(files(server) + ", client_ca_file: " + known.file(),
                              "  - auth: {client_certificate: true}\n"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  Client client(
      gateway,
      {.ca_file = server.file(), .certificate_file = known.file(), .key_file = known.key_file()});
  EXPECT_EQ(client.ask(post(kChat, kHello)).status(), 200);
  EXPECT_TRUE(gateway.wait_for_log([](const nlohmann::json& line) {
    return line.value("event", "") == "exchange" && line.value("key", "") == "ci";
  }));

  // TLS 1.3 lets the client believe that the handshake is done: the refusal comes with the answer.
  Client without(gateway, {.ca_file = server.file()});
  EXPECT_EQ(without.ask(post(kChat, kHello)).status(), 0);
  Client other(gateway, {.ca_file = server.file(),
                         .certificate_file = stranger.file(),
                         .key_file = stranger.key_file()});
  EXPECT_EQ(other.ask(post(kChat, kHello)).status(), 0);
}

TEST(ClientTls, TakesARenewedCertificateWithoutDroppingAConnection) {
  const TestCertificate first;
  const TestCertificate second;
  const TempFolder folder;
  const auto install = [&folder](const TestCertificate& certificate) {
    for (const auto& [from, to] : {std::pair{certificate.file(), "/certificate.pem"},
                                   std::pair{certificate.key_file(), "/key.pem"}}) {
      fs::copy_file(from, folder.path() + to, fs::copy_options::overwrite_existing);
    }
  };
  install(first);
  GatewayProcess gateway(yaml("certificate_file: " + folder.path() +
                              "/certificate.pem, key_file: " + folder.path() + "/key.pem"));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  Client old(gateway, {.ca_file = first.file()});
  EXPECT_EQ(old.ask(post(kChat, kHello)).status(), 200);

  install(second);
  EXPECT_EQ(fetch(gateway.control_port(), post("/v1/config/reload", "")).status(), 200);

  EXPECT_EQ(old.ask(post(kChat, kHello)).status(), 200);
  Client renewed(gateway, {.ca_file = second.file()});
  EXPECT_TRUE(renewed.socket.is_open());
  EXPECT_EQ(renewed.ask(post(kChat, kHello)).status(), 200);
  EXPECT_FALSE(Client(gateway, {.ca_file = first.file()}).socket.is_open());
}

TEST(ClientTls, EndsItsDrainWhenAHandshakeNeverEnds) {
  const TestCertificate certificate;
  GatewayProcess gateway(yaml(files(certificate)));
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  RawClient silent(gateway.port());
  ASSERT_TRUE(silent.send("\x16\x03\x01"));  // the beginning of a record
  EXPECT_TRUE(Client(gateway, {.ca_file = certificate.file()}).socket.is_open());
  EXPECT_EQ(gateway.stop(), 0);
}

}  // namespace
}  // namespace penstock::test
