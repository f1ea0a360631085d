#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chain/chain.h"
#include "chain/factory.h"
#include "limits/memory_store.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "support/config_node.h"
#include "support/lambda_endpoint.h"
#include "support/test_exchange.h"

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct RegistryTest : testing::Test {
  Chain build(const config::Node& list) {
    return Chain::build(list, interceptor_kinds(), diagnostics, services);
  }

  config::Diagnostics diagnostics;
  std::unique_ptr<Log> log = std::move(*Log::open({.file = "/dev/null"}, system_clock()));
  limits::MemoryStore meters{system_clock()};
  Metrics metrics;
  Services services{system_clock(), *log, meters, metrics};
};

TEST_F(RegistryTest, KnowsAllKindsInAlphabeticalOrder) {
  std::vector<std::string> names;
  for (const InterceptorKind& kind : interceptor_kinds()) names.emplace_back(kind.name);
  EXPECT_THAT(names, ElementsAre("auth", "header", "json_schema", "log", "token_limit"));
}

TEST_F(RegistryTest, BuildsAWholeChainThatServesARequest) {
  const config::Node list = test::config_node(
      "- header: {request: {set: {x-team: blue}}, response: {set: {x-served-by: penstock}}}\n"
      "- log: {records: [exchange], content: none, file: /dev/null}\n"
      "- auth: {keys: [{name: ci, key: sk-test-of-the-whole-chain-1234}]}\n"
      "- json_schema: {request: builtin}\n"
      "- token_limit: {limits: [{per: key, tokens: 100k, every: 1m}]}\n");
  const Chain chain = build(list);
  ASSERT_THAT(test::messages(diagnostics), IsEmpty());
  EXPECT_TRUE(chain.authenticates());

  test::TestExchange x(Route::kChatCompletions,
                       R"({"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]})");
  x.request.credential = "sk-test-of-the-whole-chain-1234";
  const test::LambdaEndpoint upstream([](Exchange& inner) -> Result<Response> {
    EXPECT_EQ(inner.request.headers.get("x-team"), "blue");
    EXPECT_EQ(inner.principal ? inner.principal->name : "", "ci");
    return test::reply(200, "{}");
  });
  const auto r = chain.run(x, upstream);
  ASSERT_TRUE(r) << r.error().public_message << r.error().detail;
  EXPECT_EQ(r->status, 200);

  x.request.credential = "sk-another";
  const auto refused = chain.run(x, upstream);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnauthenticated);
}

TEST_F(RegistryTest, RefusesALimitPerKeyBeforeAuth) {
  const config::Node list = test::config_node(
      "- token_limit: {limits: [{per: key, tokens: 100k, every: 1m}]}\n"
      "- auth: {keys: [{name: ci, key: sk-test-of-the-whole-chain-1234}]}\n");
  build(list);
  EXPECT_THAT(test::messages(diagnostics),
              ElementsAre("[0].token_limit: `token_limit` needs to know who asks but stands before "
                          "`auth`; move it behind `auth`"));
}

}  // namespace
}  // namespace penstock
