#include "interceptors/auth/options.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/auth/fixture.h"

namespace penstock::auth::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kDigest = to_hex(sha256("secret-2"));

TEST(AuthOptions, ReadsKeysAndDigests) {
  const ParsedOptions parsed("keys: [{name: ci, key: secret-1}, {name: web, sha256: " + kDigest +
                             "}]");
  ASSERT_THAT(parsed.messages(), ElementsAre());
  ASSERT_EQ(parsed.options.keys.size(), 2U);
  EXPECT_EQ(parsed.options.keys[0].name, "ci");
  EXPECT_EQ(parsed.options.keys[0].digest, sha256("secret-1"));
  EXPECT_EQ(parsed.options.keys[1].digest, sha256("secret-2"));
  EXPECT_FALSE(parsed.options.passthrough);
}

TEST(AuthOptions, ReadsPassthrough) {
  const ParsedOptions parsed("passthrough: true");
  EXPECT_THAT(parsed.messages(), ElementsAre());
  EXPECT_TRUE(parsed.options.passthrough);
}

TEST(AuthOptions, ReadsClientCertificateWithKeysAndAlone) {
  const ParsedOptions both("{client_certificate: true, keys: [{name: ci, key: secret-1}]}");
  EXPECT_THAT(both.messages(), ElementsAre());
  EXPECT_TRUE(both.options.client_certificate);
  EXPECT_EQ(both.options.keys.size(), 1U);
  const ParsedOptions alone("client_certificate: true");
  EXPECT_THAT(alone.messages(), ElementsAre());
  EXPECT_TRUE(alone.options.client_certificate);
}

TEST(AuthOptions, TakesTheLongestNameAndTheLongestKey) {
  const ParsedOptions parsed("keys: [{name: " + std::string(64, 'n') +
                             ", key: " + std::string(512, 'k') + "}]");
  EXPECT_THAT(parsed.messages(), ElementsAre());
}

struct Bad {
  std::string yaml;
  std::string message;
};

class BadAuthOptions : public testing::TestWithParam<Bad> {};

TEST_P(BadAuthOptions, AreRefusedInWords) {
  const ParsedOptions parsed(GetParam().yaml);
  EXPECT_THAT(parsed.messages(), ElementsAre(HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadAuthOptions,
    testing::Values(
        Bad{"{}",
            "needs `keys: [{name: ..., key: ...}]`, `client_certificate: true` or "
            "`passthrough: true`"},
        Bad{"client_certificate: false", "needs `keys"},
        Bad{"{passthrough: true, client_certificate: true}",
            "`client_certificate: true` and `passthrough: true` exclude each other"},
        Bad{"passthrough: false", "needs `keys"},
        Bad{"{passthrough: true, keys: [{name: a, key: b}]}",
            "`keys` and `passthrough: true` exclude each other"},
        Bad{"keys: []", "expected a list of at least one key"},
        Bad{"keys: secret", "expected a list of at least one key"},
        Bad{"keys: [secret]", "expected a map with `name`, and `key` or `sha256`"},
        Bad{"keys: [{key: b}]", "`name` is missing"},
        Bad{"keys: [{name: '', key: b}]", "expected a name of 1 to 64 visible ASCII"},
        Bad{"keys: [{name: a b, key: b}]", "expected a name of 1 to 64 visible ASCII"},
        Bad{"keys: [{name: " + std::string(65, 'n') + ", key: b}]", "expected a name of 1 to 64"},
        Bad{"keys: [{name: ci}]", "`key` or `sha256` of `ci` is missing"},
        Bad{"keys: [{name: ci, key: ''}]",
            "key of `ci` is empty; set the variable or file it comes from"},
        Bad{"keys: [{name: ci, key: a b}]", "key of `ci` must be 1 to 512 visible ASCII"},
        Bad{"keys: [{name: ci, key: \"a\\n\"}]", "key of `ci` must be 1 to 512 visible ASCII"},
        Bad{"keys: [{name: ci, key: é}]", "key of `ci` must be 1 to 512 visible ASCII"},
        Bad{"keys: [{name: ci, key: " + std::string(513, 'k') + "}]",
            "key of `ci` must be 1 to 512 visible ASCII"},
        Bad{"keys: [{name: ci, key: [b]}]", "expected a text"},
        Bad{"keys: [{name: ci, key: b, sha256: " + kDigest + "}]",
            "`key` and `sha256` of `ci` exclude each other"},
        Bad{"keys: [{name: ci, sha256: abc}]", "sha256 of `ci` must be 64 hexadecimal digits"},
        Bad{"keys: [{name: ci, sha256: " + to_hex(sha256("")) + "}]",
            "sha256 of `ci` is the digest of an empty key"},
        Bad{"keys: [{name: ci, key: b}, {name: ci, key: c}]",
            "there is another key named `ci`; names must be unique"},
        Bad{"keys: [{name: ci, key: b}, {name: web, key: b}]", "`web` and `ci` have the same key"},
        Bad{"keys: [{name: ci, key: secret-2}, {name: web, sha256: " + kDigest + "}]",
            "`web` and `ci` have the same key"},
        Bad{"keys: [{name: ci, kye: b, key: c}]", "unknown key `kye`; did you mean `key`?"},
        Bad{"{passthrough: true, realm: x}", "unknown key `realm`"}));

TEST(AuthOptions, ReportsEverythingAtOnceAndWhere) {
  const ParsedOptions parsed("keys: [{name: a, key: ''}, {name: b}, {key: c}]");
  ASSERT_EQ(parsed.diagnostics.list().size(), 3U);
  EXPECT_THAT(parsed.diagnostics.list()[0].path, HasSubstr("keys[0].key"));
  EXPECT_THAT(parsed.diagnostics.list()[2].path, HasSubstr("keys[2]"));
}

TEST(AuthOptions, NeverQuoteAKeyInAMessage) {
  const ParsedOptions parsed(
      "keys: [{name: a, key: 'CANARY 1'}, {name: b, sha256: CANARY}, {name: c, key: CANARY2},"
      " {name: d, key: CANARY2}]");
  ASSERT_EQ(parsed.messages().size(), 3U);
  EXPECT_THAT(parsed.messages(), testing::Each(Not(HasSubstr("CANARY"))));
}

}  // namespace
}  // namespace penstock::auth::test
