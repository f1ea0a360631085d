#include "chain/chain.h"

#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

/// Adds its name to a field of the request on the way in and to one of the answer on the way out.
class Marker final : public Interceptor {
 public:
  explicit Marker(std::string name) : name_(std::move(name)) {}
  Result<Response> handle(Exchange& x, Next next) const override {
    x.request.headers.add("way-in", name_);
    auto r = next(x);
    if (r) r->headers.add("way-out", name_);
    return r;
  }

 private:
  std::string name_;
};

/// Answers without asking anybody further in.
class Wall final : public Interceptor {
 public:
  Result<Response> handle(Exchange&, Next) const override { return test::reply(403); }
};

/// Asks twice, as a retry does.
class Twice final : public Interceptor {
 public:
  Result<Response> handle(Exchange& x, Next next) const override {
    auto first = next(x);
    if (first) return first;
    return next(x);
  }
};

template <class T>
Layer make(const config::Node&, config::Diagnostics&, const Services&) {
  return {std::make_unique<T>(), {}, {}};
}
Layer make_marker(const config::Node& options, config::Diagnostics& diagnostics, const Services&) {
  config::MapReader map(options, diagnostics);
  return {std::make_unique<Marker>(map.text("name", "unnamed")), {}, {}};
}
Layer make_outer(const config::Node&, config::Diagnostics&, const Services&) {
  return {std::make_unique<Marker>("outer"), {}, {}};
}
Layer make_knows_who(const config::Node&, config::Diagnostics&, const Services&) {
  return {std::make_unique<Marker>("auth"), {}, {Fact::kPrincipal}};
}
Layer make_asks_who(const config::Node&, config::Diagnostics&, const Services&) {
  return {std::make_unique<Marker>("limit"), {Fact::kPrincipal}, {}};
}
Layer make_broken(const config::Node& options, config::Diagnostics& diagnostics, const Services&) {
  diagnostics.error(options, "does not like it");
  return {};
}
Layer make_nothing(const config::Node&, config::Diagnostics&, const Services&) {
  return {};
}

constexpr InterceptorKind kKinds[] = {
    {"auth", make_knows_who}, {"broken", make_broken},   {"limit", make_asks_who},
    {"marker", make_marker},  {"nothing", make_nothing}, {"outer", make_outer},
    {"twice", make<Twice>},   {"wall", make<Wall>},
};

struct ChainTest : testing::Test {
  Chain build(std::string_view yaml) {
    list = test::config_node(yaml);
    return Chain::build(list, kKinds, diagnostics, services);
  }
  std::vector<std::string> errors(std::string_view yaml) {
    build(yaml);
    return test::messages(diagnostics);
  }
  Result<Response> run(const Chain& chain) {
    const test::LambdaEndpoint endpoint([this](Exchange&) -> Result<Response> {
      if (++calls <= failures) return internal_error("scripted");
      return test::reply(200, "done");
    });
    return chain.run(x, endpoint);
  }
  std::vector<std::string> marks(const Headers& headers) {
    std::vector<std::string> all;
    headers.for_each([&all](Headers::Field field) {
      if (field.name.starts_with("way-")) all.emplace_back(field.value);
    });
    return all;
  }

  config::Diagnostics diagnostics;
  config::Node list;
  std::unique_ptr<Log> log = std::move(*Log::open({.file = "/dev/null"}, system_clock()));
  limits::MemoryStore meters{system_clock()};
  Metrics metrics;
  Services services{system_clock(), *log, meters, metrics};
  test::TestExchange x{Route::kChatCompletions, "{}"};
  int calls = 0;
  int failures = 0;
};

TEST_F(ChainTest, GoesStraightToTheEndpointWhenEmpty) {
  for (const char* yaml : {"[]", ""}) {
    const Chain chain = build(yaml);
    EXPECT_TRUE(diagnostics.ok());
    const auto r = run(chain);
    ASSERT_TRUE(r);
    EXPECT_EQ(r->body.whole(), "done");
  }
  EXPECT_EQ(calls, 2);
}

TEST_F(ChainTest, RunsLayersInTheOrderOfTheListAndBack) {
  const Chain chain = build("- outer\n- marker: {name: inner}\n");
  ASSERT_THAT(test::messages(diagnostics), IsEmpty());
  const auto r = run(chain);
  ASSERT_TRUE(r);
  EXPECT_THAT(marks(x.request.headers), ElementsAre("outer", "inner"));
  EXPECT_THAT(marks(r->headers), ElementsAre("inner", "outer"));
}

TEST_F(ChainTest, TakesANameWithoutOptions) {
  for (const char* yaml : {"- marker", "- marker:", "- marker: {}"}) {
    const Chain chain = build(yaml);
    EXPECT_THAT(test::messages(diagnostics), IsEmpty()) << yaml;
    EXPECT_TRUE(run(chain));
  }
  EXPECT_THAT(marks(x.request.headers), ElementsAre("unnamed", "unnamed", "unnamed"));
}

TEST_F(ChainTest, StopsWhereALayerAnswers) {
  const Chain chain = build("- outer\n- wall\n- marker: {name: inner}\n");
  const auto r = run(chain);
  ASSERT_TRUE(r);
  EXPECT_EQ(r->status, 403);
  EXPECT_EQ(calls, 0);
  EXPECT_THAT(marks(x.request.headers), ElementsAre("outer"));
  EXPECT_THAT(marks(r->headers), ElementsAre("outer"));
}

TEST_F(ChainTest, LetsALayerCallTheRestTwice) {
  failures = 1;
  const Chain chain = build("- twice\n- marker: {name: inner}\n");
  const auto r = run(chain);
  ASSERT_TRUE(r);
  EXPECT_EQ(calls, 2);
  EXPECT_THAT(marks(x.request.headers), ElementsAre("inner", "inner"));
}

TEST_F(ChainTest, PassesTheEndpointsErrorOn) {
  failures = 1;
  const auto r = run(build("- outer"));
  ASSERT_FALSE(r);
  EXPECT_EQ(r.error().detail, "scripted");
}

TEST_F(ChainTest, KnowsWhetherItAuthenticates) {
  EXPECT_TRUE(build("[outer, auth]").authenticates());
  EXPECT_FALSE(build("[outer]").authenticates());
  EXPECT_FALSE(build("[]").authenticates());
}

TEST_F(ChainTest, AcceptsALayerBehindTheOneItRestsOn) {
  EXPECT_THAT(errors("[auth, outer, limit]"), IsEmpty());
}

struct Wrong {
  std::string yaml;
  std::vector<std::string> messages;
};
class WrongChain : public ChainTest, public testing::WithParamInterface<Wrong> {};

TEST_P(WrongChain, IsRefusedWithASentence) {
  EXPECT_EQ(errors(GetParam().yaml), GetParam().messages);
}

INSTANTIATE_TEST_SUITE_P(
    Chains, WrongChain,
    testing::Values(
        Wrong{"outer: {}", {"expected a list of interceptors, outermost first"}},
        Wrong{"- markr: {}", {"[0].markr: unknown interceptor `markr`; did you mean `marker`?"}},
        Wrong{"- completely-else",
              {"[0]: unknown interceptor `completely-else`; known ones are auth, broken, limit, "
               "marker, nothing, outer, twice, wall"}},
        Wrong{"- [outer]",
              {"[0]: expected a name, or a map of one name to its options such as `- log: "
               "{records: [exchange]}`"}},
        Wrong{"- {outer: {}, marker: {}}",
              {"[0]: expected a name, or a map of one name to its options such as `- log: "
               "{records: [exchange]}`"}},
        Wrong{"- outer\n- marker\n- outer\n",
              {"[2]: `outer` stands in the chain already, in line 1; put all its options there"}},
        Wrong{"- marker: {nam: x}\n", {"[0].marker.nam: unknown key `nam`; did you mean `name`?"}},
        Wrong{"- nothing", {"[0]: `nothing` could not be made"}},
        Wrong{"[limit, outer, auth]",
              {"[0]: `limit` needs to know who asks but stands before `auth`; move it behind "
               "`auth`"}},
        Wrong{"[outer, limit]",
              {"[1]: `limit` needs to know who asks, but nothing in the chain tells; put `auth` "
               "before it"}},
        // All of them at once, but no complaint about an order that the others may cause.
        Wrong{"[limit, broken, nonsense-name]",
              {"[1].broken: does not like it",
               "[2]: unknown interceptor `nonsense-name`; known ones are auth, broken, limit, "
               "marker, nothing, outer, twice, wall"}}));

struct Thrown {
  const char* name;
  void (*fail)();
  int status;
};

class ChainException : public testing::TestWithParam<Thrown> {};

TEST_P(ChainException, ArrivesFurtherOutAsAnError) {
  test::TestExchange x(Route::kChatCompletions);
  const auto r = test::run(Twice(), x, [](Exchange&) -> Result<Response> {
    GetParam().fail();
    return test::reply(200);
  });
  ASSERT_FALSE(r);
  EXPECT_EQ(describe(r.error().kind).status, GetParam().status);
  EXPECT_EQ(r.error().source, ErrorSource::kInternal);
  EXPECT_THAT(r.error().public_message, testing::Not(testing::HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(
    Of, ChainException,
    testing::Values(Thrown{"NoMemoryInside", [] { throw std::bad_alloc(); }, 503},
                    Thrown{"ALibrary", [] { throw std::runtime_error("secret"); }, 500}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace penstock
