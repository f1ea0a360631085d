#include "interceptors/token_limit/store_options.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/config_node.h"
#include "support/temp_folder.h"

namespace penstock::token_limit::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

struct Parsed {
  explicit Parsed(const std::string& yaml) {
    const config::Node node = penstock::test::config_node(yaml);
    config::MapReader map(node, diagnostics);
    options = read_store(map);
  }
  std::vector<std::string> messages() const { return penstock::test::messages(diagnostics); }
  config::Diagnostics diagnostics;
  StoreOptions options;
};

TEST(StoreOptions, MemoryIsTheDefault) {
  for (const char* yaml : {"{}", "store: memory"}) {
    const Parsed parsed(yaml);
    EXPECT_THAT(parsed.messages(), ElementsAre());
    EXPECT_FALSE(parsed.options.remote);
  }
}

TEST(StoreOptions, TakeAUrl) {
  const Parsed parsed("store: valkeys://gate:p%40ss@limits.example.com:7000/3");
  ASSERT_THAT(parsed.messages(), ElementsAre());
  const limits::RemoteOptions& remote = parsed.options.remote.value();
  EXPECT_EQ(remote.host, "limits.example.com");
  EXPECT_EQ(remote.port, 7000);
  EXPECT_EQ(remote.username, "gate");
  EXPECT_EQ(remote.password.reveal(), "p@ss");
  EXPECT_EQ(remote.database, 3U);
  EXPECT_TRUE(remote.tls);
  EXPECT_EQ(remote.timeout, 50ms);
  EXPECT_EQ(remote.hold, 30s);
  EXPECT_TRUE(remote.lease);
}

TEST(StoreOptions, TakeAMap) {
  const penstock::test::TempFolder folder;
  const std::string ca = folder.write("ca.pem", "here it is only looked at");
  const Parsed parsed("store: {url: \"rediss://[::1]\", password: secret, ca_file: " + ca +
                      ", prefix: team-a, timeout: 20ms, hold: 1m, lease: false}");
  ASSERT_THAT(parsed.messages(), ElementsAre());
  const limits::RemoteOptions& remote = parsed.options.remote.value();
  EXPECT_EQ(remote.host, "::1");
  EXPECT_EQ(remote.port, 6379);
  EXPECT_EQ(remote.password.reveal(), "secret");
  EXPECT_EQ(remote.ca_file, ca);
  EXPECT_EQ(remote.prefix, "team-a");
  EXPECT_EQ(remote.timeout, 20ms);
  EXPECT_EQ(remote.hold, 60s);
  EXPECT_FALSE(remote.lease);
  EXPECT_THAT(parsed.options.files, ElementsAre(ca));
}

struct Bad {
  std::string yaml;
  std::string message;
};

class BadStoreOptions : public testing::TestWithParam<Bad> {};

TEST_P(BadStoreOptions, AreRefusedInWords) {
  const Parsed parsed("store: " + GetParam().yaml);
  EXPECT_THAT(parsed.messages(), ElementsAre(HasSubstr(GetParam().message)));
  for (const std::string& message : parsed.messages()) {
    EXPECT_THAT(message, testing::Not(HasSubstr("hunter2")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadStoreOptions,
    testing::Values(Bad{"memcached://x", "expected the URL of a Valkey or Redis server"},
                    Bad{"valkey://", "the URL has no host"},
                    Bad{"valkey://h:0", "the port of the URL is not 1 to 65535"},
                    Bad{"valkey://h/one", "not the number of a database"},
                    Bad{"valkey://h/0/1", "not the number of a database"},
                    Bad{"valkey://h/?db=1", "a query or a fragment"},
                    Bad{"valkey://user@h", "a user without a password"},
                    Bad{"valkey://u:hunter2%zz@h", "an escape that is invalid"},
                    Bad{"valkey://u:hunter2/x@h", "not the number of a database"},
                    Bad{"[valkey://h]", "expected `memory`, a URL"}, Bad{"{password: x}", "url"},
                    Bad{"{url: valkey://h, pasword: x}", "did you mean `password`?"},
                    Bad{"{url: valkey://h, password: \"\"}", "the password is empty"},
                    Bad{"{url: \"valkey://:hunter2@h\", password: x}", "remove one of the two"},
                    Bad{"{url: valkey://h, ca_file: /dev/null}", "write valkeys:// in the URL"},
                    Bad{"{url: valkeys://h, ca_file: /nowhere/ca.pem}",
                        "cannot read `/nowhere/ca.pem`"},
                    Bad{"{url: valkey://h, prefix: \"a{b\"}", "visible ASCII characters"},
                    Bad{"{url: valkey://h, timeout: 0s}", "must be between 1ms and 10s"},
                    Bad{"{url: valkey://h, hold: 1s}", "must be at least 3s"},
                    Bad{"{url: valkey://h, lease: maybe}", "lease"}));

}  // namespace
}  // namespace penstock::token_limit::test
