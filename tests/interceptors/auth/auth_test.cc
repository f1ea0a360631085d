#include "interceptors/auth/auth.h"

#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/auth/fixture.h"
#include "limits/memory_store.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "support/lambda_endpoint.h"
#include "support/test_exchange.h"

namespace penstock::auth::test {
namespace {

using penstock::test::reply;
using penstock::test::run;
using penstock::test::TestExchange;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kTwoKeys = "keys: [{name: ci, key: sk-CANARY-1}, {name: web, key: sk-2}]";

Auth auth_of(const std::string& yaml) {
  const ParsedOptions parsed(yaml);
  EXPECT_TRUE(parsed.diagnostics.ok());
  return Auth(parsed.options);
}

/// Sends a request with that credential through `auth`; the principal that the next layer saw.
std::optional<Principal> admit(const Auth& auth, const std::string& credential) {
  TestExchange x(Route::kChatCompletions);
  x.request.credential = credential;
  std::optional<Principal> seen;
  auto r = run(auth, x, [&](Exchange& inner) {
    seen = inner.principal;
    return reply(200);
  });
  return r ? seen : std::nullopt;
}

TEST(Auth, NamesThePrincipalAfterItsKey) {
  const Auth auth = auth_of(kTwoKeys);
  EXPECT_EQ(admit(auth, "sk-CANARY-1")->name, "ci");
  EXPECT_EQ(admit(auth, "sk-CANARY-1")->id, "ci");
  EXPECT_EQ(admit(auth, "sk-2")->name, "web");
}

TEST(Auth, KnowsAKeyByItsDigest) {
  const Auth auth = auth_of("keys: [{name: ci, sha256: " + to_hex(sha256("sk-1")) + "}]");
  EXPECT_EQ(admit(auth, "sk-1")->name, "ci");
  EXPECT_FALSE(admit(auth, to_hex(sha256("sk-1"))));
}

TEST(Auth, TellsAThousandKeysApart) {
  std::string yaml = "keys:\n";
  for (int i = 0; i < 1000; ++i) {
    yaml += "- {name: n" + std::to_string(i) + ", key: k" + std::to_string(i) + "}\n";
  }
  const Auth auth = auth_of(yaml);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(admit(auth, "k" + std::to_string(i))->name, "n" + std::to_string(i));
  }
  EXPECT_FALSE(admit(auth, "k1000"));
}

struct Attempt {
  const char* what;
  std::string credential;
  bool conflict = false;
};

class RefusedCredential : public testing::TestWithParam<Attempt> {
 protected:
  RefusedCredential() {
    x_.request.credential = GetParam().credential;
    x_.request.credential_conflict = GetParam().conflict;
    x_.principal = Principal{"stale", "stale"};
  }
  Result<Response> call() {
    return run(auth_, x_, [](Exchange&) -> Result<Response> {
      ADD_FAILURE() << "the request went on";
      return reply(200);
    });
  }
  const Auth auth_ = auth_of(kTwoKeys);
  TestExchange x_{Route::kChatCompletions};
};

TEST_P(RefusedCredential, GetsTheSameAnswerWhateverIsWrongWithIt) {
  const auto r = call();
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().kind, ErrorKind::kUnauthenticated);
  EXPECT_EQ(r.error().source, ErrorSource::kClient);
  EXPECT_EQ(r.error().public_message,
            "missing or wrong API key; send it as `Authorization: Bearer <key>`");
  EXPECT_EQ(r.error().type + r.error().code + r.error().param, "");  // those of the kind
  EXPECT_THAT(r.error().detail, Not(HasSubstr("CANARY")));
  EXPECT_FALSE(r.error().retry_after);
  EXPECT_FALSE(x_.principal);
}

TEST_P(RefusedCredential, IsToldTheSchemeThatIsWanted) {
  ASSERT_FALSE(call());
  Headers headers;
  x_.run_answer_hooks(headers);
  EXPECT_EQ(headers.get("www-authenticate"), "Bearer");
}

INSTANTIATE_TEST_SUITE_P(Table, RefusedCredential,
                         testing::Values(Attempt{"None", ""}, Attempt{"Wrong", "sk-wrong"},
                                         Attempt{"Prefix", "sk-CANARY-"},
                                         Attempt{"Longer", "sk-CANARY-1x"},
                                         Attempt{"OtherCase", "SK-CANARY-1"},
                                         Attempt{"Spaces", " sk-CANARY-1"},
                                         Attempt{"Nul", std::string("sk-CANARY-1\0", 12)},
                                         Attempt{"NoAscii", "sk-CANARY-1\xc3\xa9"},
                                         Attempt{"Huge", std::string(100'000, 'k')},
                                         Attempt{"Conflict", "sk-CANARY-1", true}),
                         [](const auto& test) { return test.param.what; });

TEST(Auth, AnswersOfTheUpstreamAreNotTouched) {
  const Auth auth = auth_of(kTwoKeys);
  TestExchange x(Route::kChatCompletions);
  x.request.credential = "sk-2";
  const auto r = run(auth, x, [](Exchange&) { return reply(401); });
  ASSERT_TRUE(r);
  Headers headers;
  x.run_answer_hooks(headers);
  EXPECT_TRUE(headers.empty());
}

TEST(AuthPassthrough, NamesThePrincipalAfterTheDigestOfItsCredential) {
  const Auth auth = auth_of("passthrough: true");
  const auto principal = admit(auth, "abc");
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->name, "key-ba7816bf8f01cfea");
  EXPECT_EQ(principal->id, to_hex(sha256("abc")));
  EXPECT_NE(admit(auth, "abd")->id, principal->id);
}

TEST(AuthPassthrough, NeedsSomeWellFormedCredential) {
  const Auth auth = auth_of("passthrough: true");
  EXPECT_FALSE(admit(auth, ""));
  EXPECT_FALSE(admit(auth, "a b"));
  EXPECT_FALSE(admit(auth, std::string(513, 'k')));
  EXPECT_TRUE(admit(auth, std::string(512, 'k')));
}

TEST(AuthFactory, ProvidesThePrincipal) {
  const penstock::test::ManualClock clock;
  const auto log = Log::open({.file = "/dev/null"}, clock);
  limits::MemoryStore meters(clock);
  Metrics metrics;
  config::Diagnostics diagnostics;
  const auto node = config::parse_yaml(kTwoKeys, "test.yaml", diagnostics);
  const Layer layer = make_auth(*node, diagnostics, {clock, **log, meters, metrics});
  EXPECT_TRUE(diagnostics.ok());
  ASSERT_NE(layer.interceptor, nullptr);
  EXPECT_THAT(layer.needs, testing::IsEmpty());
  EXPECT_THAT(layer.provides, testing::ElementsAre(Fact::kPrincipal));
}

}  // namespace
}  // namespace penstock::auth::test
