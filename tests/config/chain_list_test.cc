#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/support.h"

namespace penstock::config::testing {
namespace {

using ::testing::HasSubstr;

nlohmann::json chain_of(const Config& config) {
  return describe(config)["chain"];
}

TEST(ChainList, KeepsItemsAndTheirOptionsInOrder) {
  const auto loaded =
      try_load_with_demo("chain: [log, header: {request: {set: {a: \"${PORT}\"}}}]");
  ASSERT_EQ(loaded.errors, "");
  EXPECT_EQ(chain_of(loaded.config),
            nlohmann::json::parse(R"(["log", {"header": {"request": {"set": {"a": "4100"}}}}])"));
  EXPECT_EQ(loaded.config.chain.items[1].members[0].second.path, "chain[1].header");
  EXPECT_FALSE(loaded.config.auth_none);
}

TEST(ChainList, LiftsAuthNoneOut) {
  const auto loaded = try_load_with_demo("chain:\n  - log\n  - auth: none\n  - json_schema\n");
  ASSERT_EQ(loaded.errors, "");
  EXPECT_TRUE(loaded.config.auth_none);
  EXPECT_EQ(chain_of(loaded.config), nlohmann::json::parse(R"(["log", "json_schema"])"));
}

TEST(ChainList, LeftOutIsLogAndJsonSchemaWithoutAuthOnLoopback) {
  for (const char* yaml : {"", "chain:"}) {
    const auto loaded = try_load_with_demo(yaml);
    ASSERT_EQ(loaded.errors, "");
    EXPECT_TRUE(loaded.config.auth_none);
    EXPECT_EQ(
        chain_of(loaded.config),
        nlohmann::json::parse(
            R"([{"log": {"records": ["exchange"]}}, {"json_schema": {"request": "builtin"}}])"));
  }
}

TEST(ChainList, MayBeEmpty) {
  const auto loaded = try_load_with_demo("chain: []");
  ASSERT_EQ(loaded.errors, "");
  EXPECT_EQ(loaded.config.chain.kind, Node::Kind::kList);
  EXPECT_TRUE(loaded.config.chain.items.empty());
  EXPECT_FALSE(loaded.config.auth_none);
}

TEST(ChainList, TakesOnlyTheWordNoneInItsMapAsNoAuth) {
  for (const char* yaml : {"chain: [auth: {none: true}]", "chain: [auth: {keys: []}]"}) {
    const auto loaded = try_load_with_demo(yaml);
    EXPECT_FALSE(loaded.config.auth_none) << yaml;
    EXPECT_EQ(loaded.config.chain.items.size(), 1u) << yaml;
  }
}

struct Refusal {
  const char* chain;
  const char* error;
};

class RefusedChain : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusedChain, IsReportedWithTheRemedy) {
  EXPECT_THAT(try_load_with_demo(GetParam().chain).errors, HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Chain, RefusedChain,
    ::testing::Values(
        Refusal{"chain: {log: {}}", "p.yaml:1:8: chain: expected a list of interceptors"},
        Refusal{"chain: log", "p.yaml:1:8: chain: expected a list of interceptors"},
        Refusal{"chain: [[log]]", "p.yaml:1:9: chain[0]: expected the name of an interceptor"},
        Refusal{"chain:\n  -\n", "chain[0]: expected the name of an interceptor"},
        Refusal{"chain: [{}]", "p.yaml:1:9: chain[0]: expected the name of an interceptor"},
        Refusal{"chain:\n  - log:\n    content: none\n",
                "p.yaml:2:5: chain[0]: one interceptor an item: put a dash before each name"},
        Refusal{"chain: [auth: none, auth: {keys: []}]",
                "p.yaml:1:8: chain: `auth: none` and `auth` with keys exclude each other"}));

}  // namespace
}  // namespace penstock::config::testing
