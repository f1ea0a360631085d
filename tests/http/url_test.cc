#include "http/url.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace penstock::http {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string parse(const std::string& text) {
  const auto url = parse_url(text);
  if (!url) return url.error().public_message;
  return (url->tls ? "tls " : "plain ") + url->host + " " + std::to_string(url->port) + " " +
         url->path + " " + url->authority();
}

struct Case {
  std::string text;
  std::string outcome;
};

TEST(Url, ReadsHttpAndHttps) {
  for (const Case& c : std::vector<Case>{
           {"https://api.openai.com/v1", "tls api.openai.com 443 /v1 api.openai.com"},
           {"http://localhost:8000/v1/", "plain localhost 8000 /v1 localhost:8000"},
           {"HTTPS://API.Example.COM", "tls api.example.com 443  api.example.com"},
           {"http://h", "plain h 80  h"},
           {"http://h:80///", "plain h 80  h"},
           {"https://h:80", "tls h 80  h:80"},
           {"http://[::1]:8080/v1", "plain ::1 8080 /v1 [::1]:8080"},
           {"https://[2001:DB8::1]", "tls 2001:db8::1 443  [2001:db8::1]"},
           {"http://my_service.internal:1/a/b-c",
            "plain my_service.internal 1 /a/b-c "
            "my_service.internal:1"},
           {"http://127.0.0.1:65535", "plain 127.0.0.1 65535  127.0.0.1:65535"},
       }) {
    EXPECT_EQ(parse(c.text), c.outcome) << c.text;
  }
}

TEST(Url, SaysWhatIsWrong) {
  const std::string no_scheme = "the URL does not start with https:// or http://";
  const std::string bad_host = "the host of the URL is invalid";
  const std::string bad_port = "the port of the URL is not 1 to 65535";
  const std::string bad_byte = "the URL holds white space or a control byte";
  for (const Case& c : std::vector<Case>{
           {"", no_scheme},
           {"api.openai.com", no_scheme},
           {"ftp://h/", no_scheme},
           {"http:/h", no_scheme},
           {"//h", no_scheme},
           {"https://user:secret@h/", "the URL holds user info; a key has a setting of its own"},
           {"https://h/?a=b", "the URL has a query"},
           {"https://h/#a", "the URL has a fragment"},
           {"https://", "the URL has no host"},
           {"https:///v1", "the URL has no host"},
           {"https://:443/", "the URL has no host"},
           {"https://a b/", bad_byte},
           {"https://h/\r\n", bad_byte},
           {"https://h/\0"s, bad_byte},
           {"https://h:0", bad_port},
           {"https://h:65536", bad_port},
           {"https://h:", bad_port},
           {"https://h:x", bad_port},
           {"https://h:+1", bad_port},
           {"https://a,b", bad_host},
           {"https://a..b", bad_host},
           {"https://\xC3\xA9", bad_host},
           {"https://[::1", bad_host},
           {"https://[h]", bad_host},
           {"https://::1", bad_host},
           {"https://h\\v1", bad_host},
           {"https://h/a/../b", "the URL is invalid: the path has a dot segment"},
           {"https://h/a//b", "the URL is invalid: the path has an empty segment"},
           {"https://h/{a}", "the URL is invalid: the path holds a byte not allowed there"},
       }) {
    EXPECT_EQ(parse(c.text), c.outcome) << testing::PrintToString(c.text);
  }
}

TEST(HostField, AcceptsNamesAndAddresses) {
  for (const std::string& host :
       {"h"s, "gateway.test"s, "gateway.test."s, "gateway.test:8080"s, "GATEWAY.test:0"s,
        "my_service"s, "127.0.0.1"s, "127.0.0.1:65535"s, "[::1]"s, "[::1]:4000"s,
        "[2001:db8::1%]"s.substr(0, 12) + "]", "-h"s, std::string(253, 'a')}) {
    EXPECT_TRUE(is_valid_host(host)) << host;
  }
}

TEST(HostField, RefusesEverythingElse) {
  for (const std::string& host : {""s,
                                  ":80"s,
                                  "h:"s,
                                  "h:65536"s,
                                  "h:99999999999999"s,
                                  "h:x"s,
                                  "h:-1"s,
                                  "h:+1"s,
                                  "h:0x50"s,
                                  "h: 80"s,
                                  "h :80"s,
                                  "h:80:80"s,
                                  "h:80@evil"s,
                                  "user@h"s,
                                  "h/"s,
                                  "h?x"s,
                                  "h#x"s,
                                  "h\\x"s,
                                  "a b"s,
                                  "a\tb"s,
                                  "a,b"s,
                                  "h\0"s,
                                  "h\r\n"s,
                                  "\xC3\xA9"s,
                                  "\xFFh"s,
                                  "::1"s,
                                  "[::1"s,
                                  "::1]"s,
                                  "[::1]x"s,
                                  "[::1]:"s,
                                  "[h]"s,
                                  "[]"s,
                                  "[fe80::1%eth0]"s,
                                  "[127.0.0.1]"s,
                                  "%67"s,
                                  "a|b"s,
                                  "`a`"s,
                                  "{a}"s,
                                  ".a"s,
                                  "a..b"s,
                                  std::string(254, 'a')}) {
    EXPECT_FALSE(is_valid_host(host)) << testing::PrintToString(host);
  }
}

TEST(LoopbackHost, KnowsNamesAndAddressesOfThisMachine) {
  for (const auto* host : {"localhost", "LocalHost:4000", "127.0.0.1", "127.0.0.1:4000",
                           "127.255.255.254", "::1", "[::1]", "[::1]:4000", "0:0:0:0:0:0:0:1"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
  for (const auto* host :
       {"", "0.0.0.0", "::", "[::]:4000", "128.0.0.1", "localhost.evil.test", "evil.test",
        "127.0.0.1.evil.test", "127.1", "2130706433", "localhost:", "localhost:x", "[localhost]",
        "::ffff:128.0.0.1", "10.0.0.1:4000", "localhost@evil.test"}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
  }
}

TEST(LoopbackHost, IsNotWhatFollowsAnAddressBehindANul) {
  for (const auto host : {"127.0.0.1\0.evil.test"sv, "[::1\0]:80"sv, "::1\0"sv}) {
    EXPECT_FALSE(is_loopback_host(host)) << testing::PrintToString(host);
  }
  EXPECT_FALSE(is_valid_host("[::1\0x]"sv));
  EXPECT_FALSE(parse_host_port("[::1\0x]:80"sv));
}

std::string parse_listen(const std::string& text) {
  const auto address = parse_host_port(text);
  return address ? address->host + " " + std::to_string(address->port)
                 : address.error().public_message;
}

TEST(HostPort, ReadsListenAddresses) {
  EXPECT_EQ(parse_listen("127.0.0.1:4000"), "127.0.0.1 4000");
  EXPECT_EQ(parse_listen("[::1]:4000"), "::1 4000");
  EXPECT_EQ(parse_listen(":4000"), " 4000");
  EXPECT_EQ(parse_listen("localhost:0"), "localhost 0");
}

TEST(HostPort, SaysWhatIsWrong) {
  const std::string bad_shape = "the address is not `host:port`, `[IPv6]:port` or `:port`";
  const std::string bad_port = "the port of the address is not 0 to 65535";
  const std::string bad_host = "the host of the address is invalid";
  for (const Case& c : std::vector<Case>{{"", bad_shape},
                                         {"localhost", bad_shape},
                                         {"4000", bad_shape},
                                         {"::1:4000", bad_shape},
                                         {"[::1]", bad_shape},
                                         {"h:", bad_port},
                                         {"h:65536", bad_port},
                                         {"h:http", bad_port},
                                         {"[]:1", bad_host},
                                         {"a b:1", bad_host},
                                         {"http://h:1", bad_shape}}) {
    EXPECT_EQ(parse_listen(c.text), c.outcome) << c.text;
  }
}

}  // namespace
}  // namespace penstock::http
