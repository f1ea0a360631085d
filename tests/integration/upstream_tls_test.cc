// Providers behind TLS that want more than trust, and providers behind a proxy.

#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include "integration/fixture.h"
#include "support/temp_folder.h"
#include "support/tunnel_proxy.h"

namespace penstock::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// A provider with TLS that answers everybody who gets that far.
struct SecureProvider : ScriptedUpstream {
  SecureProvider() : ScriptedUpstream(Transport::kTls) {
    on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  }
};

/// Settings of an upstream's `tls` beside its authority.
std::string tls_of(ScriptedUpstream& provider, const std::string& more = {}) {
  return ", tls: {ca_file: " + provider.ca_file() + more + "}";
}

std::string shown(const TestCertificate& certificate) {
  return ", certificate_file: " + certificate.file() + ", key_file: " + certificate.key_file();
}

Message chat(const GatewayProcess& gateway) {
  EXPECT_TRUE(gateway.started()) << gateway.errors();
  return fetch(gateway.port(), post(kChat, kHello, kKey));
}

/// What the log says of an exchange that went wrong.
std::string logged_error(const GatewayProcess& gateway) {
  const auto record = gateway.wait_for_log([](const nlohmann::json& entry) {
    return entry.value("event", "") == "exchange" && entry.contains("error");
  });
  return record ? record->value("error", "") : "nothing was logged";
}

std::string at(const TunnelProxy& proxy, const std::string& user = {}) {
  return "http://" + user + "127.0.0.1:" + std::to_string(proxy.port());
}

TEST(UpstreamTls, ShowsItsCertificateToAProviderThatRequiresOne) {
  const TestCertificate ours("/CN=gateway");
  const TestCertificate stranger("/CN=stranger");
  SecureProvider provider;
  provider.certificate().require_clients_of(ours.file());
  EXPECT_EQ(chat(GatewayProcess(config(provider, tls_of(provider, shown(ours))))).status(), 200);
  for (const std::string& settings : {tls_of(provider), tls_of(provider, shown(stranger))}) {
    const Message answer = chat(GatewayProcess(config(provider, settings)));
    EXPECT_EQ(answer.status(), 502);
    EXPECT_THAT(error_of(answer)["code"].get<std::string>(), StartsWith("upstream_"));
  }
  EXPECT_EQ(provider.requests().size(), 1u);
}

TEST(UpstreamTls, SpeaksNoVersionOlderThanItsLeast) {
  SecureProvider provider;
  SSL_CTX_set_max_proto_version(provider.certificate().context(), TLS1_2_VERSION);
  EXPECT_EQ(chat(GatewayProcess(config(provider, tls_of(provider)))).status(), 200);
  const GatewayProcess strict(config(provider, tls_of(provider, ", min_version: 1.3")));
  const Message answer = chat(strict);
  EXPECT_EQ(answer.status(), 502);
  EXPECT_EQ(error_of(answer)["code"], "upstream_tls_error");
  EXPECT_THAT(logged_error(strict),
              HasSubstr("the server speaks no version of TLS that is allowed"));
}

TEST(UpstreamTls, WithABadKeyFileIsRefusedAtTheStartWithItsSetting) {
  const TestCertificate ours;
  const TempFolder folder;
  const std::string other = folder.write("other.pem", "no key at all\n");
  SecureProvider provider;
  GatewayProcess gateway(config(
      provider, tls_of(provider, ", certificate_file: " + ours.file() + ", key_file: " + other)));
  EXPECT_FALSE(gateway.started());
  EXPECT_EQ(gateway.wait_for_exit(), 3);
  EXPECT_THAT(gateway.errors(),
              HasSubstr("upstreams.provider.tls.key_file: `" + other + "` holds no private key"));
}

TEST(UpstreamProxy, OfTheEnvironmentTunnelsHttpsAndSeesNothingOfIt) {
  SecureProvider provider;
  TunnelProxy proxy;
  const GatewayProcess gateway(config(provider, tls_of(provider)),
                               {"HTTPS_PROXY=" + at(proxy, "gateway:s%20cret@")});
  EXPECT_EQ(chat(gateway).body, kAnswer);
  EXPECT_EQ(chat(gateway).body, kAnswer);

  // One tunnel serves both requests. The credential is "gateway:s cret".
  const std::string target = "127.0.0.1:" + std::to_string(provider.port());
  EXPECT_THAT(proxy.requests(),
              ElementsAre("CONNECT " + target + " HTTP/1.1\r\nhost: " + target +
                          "\r\nproxy-authorization: Basic Z2F0ZXdheTpzIGNyZXQ=\r\n\r\n"));
  EXPECT_THAT(proxy.relayed(), AllOf(Not(HasSubstr("sk-of-the")), Not(HasSubstr("hello"))));
  ASSERT_EQ(provider.requests().size(), 2u);
  EXPECT_FALSE(provider.requests()[0].has_field("proxy-authorization"));
  EXPECT_EQ(provider.requests()[0].field("authorization"), "Bearer sk-of-the-gateway");
}

TEST(UpstreamProxy, IsLeftOutWhereTheEnvironmentOrTheSettingSaysSo) {
  SecureProvider provider;
  TunnelProxy proxy;
  const std::string variable = "HTTPS_PROXY=" + at(proxy);
  EXPECT_EQ(chat(GatewayProcess(config(provider, tls_of(provider)),
                                {variable, "NO_PROXY=example.com, 127.0.0.0/8"}))
                .status(),
            200);
  EXPECT_EQ(chat(GatewayProcess(config(provider, tls_of(provider) + ", proxy: none"), {variable}))
                .status(),
            200);
  ScriptedUpstream plain;
  plain.on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  EXPECT_EQ(chat(GatewayProcess(config(plain), {variable, "HTTP_PROXY=" + at(proxy)})).status(),
            200);
  EXPECT_THAT(proxy.requests(), ElementsAre());
}

TEST(UpstreamProxy, OfTheSettingTunnelsPlainHttpToo) {
  TunnelProxy proxy;
  ScriptedUpstream provider;
  provider.on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  const GatewayProcess gateway(config(provider, ", proxy: \"" + at(proxy, "u:p@") + "\""),
                               {"NO_PROXY=*"});
  EXPECT_EQ(chat(gateway).body, kAnswer);
  EXPECT_EQ(proxy.requests().size(), 1u);
  EXPECT_FALSE(provider.requests().at(0).has_field("proxy-authorization"));
}

struct Refusal {
  const char* name;
  std::string answer;
  const char* logged;
};

class RefusingProxy : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusingProxy, MakesTheUpstreamUnreachable) {
  TunnelProxy proxy(GetParam().answer);
  SecureProvider provider;
  const GatewayProcess gateway(config(provider, tls_of(provider)),
                               {"https_proxy=" + at(proxy, "gateway:s3cr3t@")});
  const Message answer = chat(gateway);
  EXPECT_EQ(answer.status(), 502);
  EXPECT_EQ(error_of(answer)["code"], "upstream_unreachable");
  EXPECT_THAT(answer.body, Not(HasSubstr("127.0.0.1")));
  const std::string logged = logged_error(gateway);
  EXPECT_THAT(logged, HasSubstr("the proxy 127.0.0.1:" + std::to_string(proxy.port()) + ": "));
  EXPECT_THAT(logged, AllOf(HasSubstr(GetParam().logged), Not(HasSubstr("s3cr3t"))));
  EXPECT_EQ(provider.connections(), 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, RefusingProxy,
    ::testing::Values(
        Refusal{"WantsAnotherPassword",
                "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 4\r\n\r\nnope",
                "it answered 407: the user and the password"},
        Refusal{"Forbids", "HTTP/1.0 403 Forbidden\r\n\r\n", "it answered 403"},
        Refusal{"ReachesNobody", "HTTP/1.1 502 Bad Gateway\r\n\r\n", "it answered 502"},
        Refusal{"SpeaksForTheProvider", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
                "it sent 19 bytes too many"},
        Refusal{"SpeaksNoHttp", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "it gave no valid answer"},
        Refusal{"NeverEndsItsHead", "HTTP/1.1 200 OK\r\nx: " + std::string(20'000, 'x'),
                "it gave no valid answer"}),
    [](const auto& test) { return test.param.name; });

TEST(UpstreamProxy, ThatIsDownIsNamed) {
  std::uint16_t port = 0;
  {
    const ScriptedUpstream gone;
    port = gone.port();
  }
  SecureProvider provider;
  const std::string address = "127.0.0.1:" + std::to_string(port);
  const GatewayProcess gateway(
      config(provider, tls_of(provider) + ", proxy: \"http://" + address + "\""));
  EXPECT_EQ(error_of(chat(gateway))["code"], "upstream_unreachable");
  EXPECT_THAT(logged_error(gateway), HasSubstr("the proxy " + address + ": "));
}

TEST(UpstreamProxy, ThatStaysSilentIsWithinTheTimeToConnect) {
  TunnelProxy proxy("");
  SecureProvider provider;
  const GatewayProcess gateway(config(
      provider, tls_of(provider) + ", timeouts: {connect: 50ms}, proxy: \"" + at(proxy) + "\""));
  EXPECT_EQ(chat(gateway).status(), 504);
  EXPECT_THAT(logged_error(gateway), HasSubstr("the proxy "));
}

TEST(UpstreamProxy, ThatIsBadInTheEnvironmentIsRefusedAtTheStart) {
  SecureProvider provider;
  GatewayProcess gateway(config(provider, tls_of(provider)), {"HTTPS_PROXY=socks5://s3cr3t"});
  EXPECT_EQ(gateway.wait_for_exit(), 3);
  EXPECT_THAT(gateway.errors(),
              AllOf(HasSubstr("environment variable `HTTPS_PROXY`"), Not(HasSubstr("s3cr3t"))));
}

}  // namespace
}  // namespace penstock::test
