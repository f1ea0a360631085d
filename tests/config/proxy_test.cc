#include "config/proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace penstock::config::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ProxyUrl, NamesAHostAndAPort) {
  const auto proxy = parse_proxy("http://Proxy.example.com:3128/");
  ASSERT_TRUE(proxy);
  EXPECT_EQ(proxy->address.host, "proxy.example.com");
  EXPECT_EQ(proxy->address.port, 3128);
  EXPECT_TRUE(proxy->authorization.empty());
  EXPECT_EQ(parse_proxy("http://[::1]")->address.host, "::1");
  EXPECT_EQ(parse_proxy("http://proxy")->address.port, 80);
}

TEST(ProxyUrl, MayHoldAUserAndAPassword) {
  // The example of RFC 7617 section 2, then one with characters that a URL must escape.
  EXPECT_EQ(parse_proxy("http://Aladdin:open%20sesame@p")->authorization.reveal(),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(parse_proxy("http://u:a%40b%3a@p")->authorization.reveal(), "Basic dTphQGI6");
  EXPECT_EQ(parse_proxy("http://user@p")->authorization.reveal(), "Basic dXNlcjo=");
}

TEST(ProxyUrl, IsRefusedInWordsThatDoNotShowIt) {
  for (const char* url :
       {"https://s3cr3t:1", "socks5://s3cr3t", "s3cr3t:3128", "http://s3cr3t:x@", "http://",
        "http://s3cr3t:99999", "http://s3cr3t/path", "http://s3cr3t?a=b", "http://s3cr3t host",
        "http://a%3Ab:s3cr3t@p", "http://a:s3cr3t%0A@p", "http://a:s3cr3t%zz@p"}) {
    const auto proxy = parse_proxy(url);
    ASSERT_FALSE(proxy) << url;
    EXPECT_NE(proxy.error().public_message, "") << url;
    EXPECT_THAT(proxy.error().public_message, Not(HasSubstr("s3cr3t"))) << url;
  }
  EXPECT_FALSE(parse_proxy("http://" + std::string(5000, 'a')));
}

struct Coverage {
  const char* no_proxy;
  const char* host;
  bool covered;
};

class NoProxy : public ::testing::TestWithParam<Coverage> {};

TEST_P(NoProxy, CoversWhatItSays) {
  const auto& [no_proxy, host, covered] = GetParam();
  EXPECT_EQ(is_covered(no_proxy, host, 443), covered) << no_proxy << " / " << host;
}

INSTANTIATE_TEST_SUITE_P(
    Lists, NoProxy,
    ::testing::Values(
        Coverage{"", "example.com", false}, Coverage{"*", "example.com", true},
        Coverage{"example.com", "example.com", true},
        Coverage{"example.com", "api.example.com", true},
        Coverage{".example.com", "api.example.com", true},
        Coverage{".example.com", "example.com", true},
        Coverage{"*.example.com", "api.example.com", true},
        Coverage{"example.com", "notexample.com", false},
        Coverage{"api.example.com", "example.com", false},
        Coverage{"Example.COM", "api.example.com", true},
        Coverage{"other.net , example.com", "example.com", true},
        Coverage{",,", "example.com", false}, Coverage{".", "example.com", false},
        Coverage{"example.com:443", "example.com", true},
        Coverage{"example.com:8443", "example.com", false},
        Coverage{"example.com:", "example.com", false}, Coverage{"a:b:c", "example.com", false},
        Coverage{"10.1.2.3", "10.1.2.3", true}, Coverage{"10.1.2.3:443", "10.1.2.3", true},
        Coverage{"10.1.2.3:80", "10.1.2.3", false}, Coverage{"1.2.3", "10.1.2.3", false},
        Coverage{"10.0.0.0/8", "10.1.2.3", true}, Coverage{"10.0.0.0/8", "11.1.2.3", false},
        Coverage{"10.1.2.0/23", "10.1.3.255", true}, Coverage{"10.1.2.0/23", "10.1.4.0", false},
        Coverage{"0.0.0.0/0", "10.1.2.3", true}, Coverage{"0.0.0.0/0", "::1", false},
        Coverage{"10.0.0.0/33", "10.0.0.0", false}, Coverage{"10.0.0.0/x", "10.0.0.0", false},
        Coverage{"10.0.0.0/8", "example.com", false}, Coverage{"::1", "::1", true},
        Coverage{"[::1]", "::1", true}, Coverage{"[::1]:443", "::1", true},
        Coverage{"[::1]:80", "::1", false}, Coverage{"0:0:0:0:0:0:0:1", "::1", true},
        Coverage{"fd00::/8", "fd12::1", true}, Coverage{"fd00::/8", "fe80::1", false}));

/// The proxy's host of an upstream with these settings; "-": none. Errors stand as they are.
std::string proxy_of(const std::string& settings, Environment given) {
  Diagnostics diagnostics;
  const Config config = load("upstreams: {up: {" + settings + "}}", "p.yaml", given, diagnostics);
  if (!diagnostics.ok()) return to_text(diagnostics);
  const auto& proxy = config.upstreams.at("up").proxy;
  return proxy ? proxy->address.host : "-";
}

std::optional<std::string> company(const std::string& name) {
  if (name == "HTTPS_PROXY") return "http://upper:1";
  if (name == "https_proxy") return "http://lower:1";
  if (name == "HTTP_PROXY" || name == "http_proxy") return "http://plain:1";
  if (name == "no_proxy") return ".example.com";
  return std::nullopt;
}

TEST(Proxy, ComesFromTheEnvironmentForHttpsAlone) {
  EXPECT_EQ(proxy_of("", company), "upper");
  EXPECT_EQ(proxy_of("base_url: \"http://api.net/v1\"", company), "-");
  EXPECT_EQ(proxy_of("", environment), "-");
}

TEST(Proxy, IsNotTakenWhereTheEnvironmentExceptsTheHost) {
  EXPECT_EQ(proxy_of("base_url: \"https://api.example.com/v1\"", company), "-");
}

TEST(Proxy, OfTheSettingGoesBeforeTheEnvironment) {
  EXPECT_EQ(proxy_of("proxy: \"http://own:3128\"", company), "own");
  EXPECT_EQ(proxy_of("proxy: none", company), "-");
  EXPECT_EQ(proxy_of("proxy: \"http://own:1\", base_url: \"https://api.example.com\"", company),
            "own");
  EXPECT_EQ(proxy_of("proxy: \"http://own:1\", base_url: \"http://api.net\"", environment), "own");
}

TEST(Proxy, MayBeALowerCaseVariableOrABareAddress) {
  EXPECT_EQ(proxy_of("",
                     [](const std::string& name) -> std::optional<std::string> {
                       if (name == "HTTPS_PROXY") return "";
                       if (name == "https_proxy") return "bare:3128";
                       return std::nullopt;
                     }),
            "bare");
}

TEST(Proxy, ThatIsBadInTheEnvironmentIsReportedWithItsVariable) {
  const Environment broken = [](const std::string& name) -> std::optional<std::string> {
    if (name == "HTTPS_PROXY") return "socks5://user:s3cr3t@host";
    if (name == "NO_PROXY") return "api.net";
    return std::nullopt;
  };
  EXPECT_EQ(proxy_of("", broken),
            "p.yaml:1:17: upstreams.up.proxy: environment variable `HTTPS_PROXY`: expected the URL "
            "of an HTTP proxy, such as http://proxy.example.com:3128; correct it, or write `proxy: "
            "none`\n");
  EXPECT_EQ(proxy_of("proxy: none", broken), "-");
  EXPECT_EQ(proxy_of("base_url: \"https://api.net\"", broken), "-");
}

}  // namespace
}  // namespace penstock::config::testing
