#include "interceptors/header/options.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/header/header.h"
#include "limits/memory_store.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "support/config_node.h"

namespace penstock {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct HeaderOptionsTest : testing::Test {
  Layer make(std::string_view yaml) {
    return make_header(test::config_node(yaml), diagnostics, services);
  }

  config::Diagnostics diagnostics;
  std::unique_ptr<Log> log = std::move(*Log::open({.file = "/dev/null"}, system_clock()));
  limits::MemoryStore meters{system_clock()};
  Metrics metrics;
  Services services{system_clock(), *log, meters, metrics};
};

TEST_F(HeaderOptionsTest, MakesALayerWithoutFacts) {
  const Layer layer = make("{request: {set: {x-a: '{model}'}}, response: {set: {x-b: '{key}'}}}");
  EXPECT_THAT(test::messages(diagnostics), IsEmpty());
  EXPECT_NE(layer.interceptor, nullptr);
  EXPECT_THAT(layer.needs, IsEmpty());
  EXPECT_THAT(layer.provides, IsEmpty());
}

TEST_F(HeaderOptionsTest, NeedsThePrincipalWhereARequestEditNamesTheKey) {
  EXPECT_THAT(make("{request: {set: {x-a: 'k={key}'}}}").needs, ElementsAre(Fact::kPrincipal));
  EXPECT_THAT(make("{request: {add: {x-a: '{key}'}}}").needs, ElementsAre(Fact::kPrincipal));
  EXPECT_THAT(make("{request: {add: {x-a: '{{key}'}}}").needs, IsEmpty());
}

TEST_F(HeaderOptionsTest, AllowsOwnFieldsOfTheGatewayInAnswers) {
  EXPECT_NE(make("{response: {set: {x-request-id: a, x-ratelimit-limit-tokens: b}, "
                 "remove: [x-penstock-overhead-us]}}")
                .interceptor,
            nullptr);
  EXPECT_THAT(test::messages(diagnostics), IsEmpty());
}

struct Wrong {
  std::string yaml;
  std::string message;
};
class WrongHeaderOptions : public HeaderOptionsTest, public testing::WithParamInterface<Wrong> {};

TEST_P(WrongHeaderOptions, AreRefusedWithASentence) {
  EXPECT_EQ(make(GetParam().yaml).interceptor, nullptr);
  EXPECT_THAT(test::messages(diagnostics), ElementsAre(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, WrongHeaderOptions,
    testing::Values(
        Wrong{"{requets: {}}", "requets: unknown key `requets`; did you mean `request`?"},
        Wrong{"{request: {sett: {}}}", "request.sett: unknown key `sett`; did you mean `set`?"},
        Wrong{"{request: [x]}", "request: expected a map, `key: value`"},
        Wrong{"{request: {remove: x-a}}", "request.remove: expected a list of field names"},
        Wrong{"{request: {set: [x-a]}}", "request.set: expected a map of field names to values"},
        Wrong{"{request: {rename: x}}", "request.rename: expected a map of old names to new ones"},
        Wrong{"{request: {set: {x-a: [b]}}}", "request.set.x-a: expected a text"},
        Wrong{"{request: {set: {x-a: 1, X-A: 2}}}", "request.set.X-A: `X-A` is given twice"}));

constexpr const char* kNoName = "expected the name of a field: letters, digits and dashes";
INSTANTIATE_TEST_SUITE_P(Names, WrongHeaderOptions,
                         testing::Values(Wrong{"{request: {set: {x a: b}}}",
                                               std::string("request.set[\"x a\"]: ") + kNoName},
                                         Wrong{"{request: {remove: ['x:']}}",
                                               std::string("request.remove[0]: ") + kNoName},
                                         Wrong{"{response: {rename: {x-a: [b]}}}",
                                               std::string("response.rename.x-a: ") + kNoName},
                                         Wrong{"{response: {rename: {x-a: \"b\\r\\nc\"}}}",
                                               std::string("response.rename.x-a: ") + kNoName}));

INSTANTIATE_TEST_SUITE_P(
    Values, WrongHeaderOptions,
    testing::Values(
        Wrong{"{request: {set: {x-a: '{modle}'}}}",
              "request.set.x-a: unknown placeholder; did you mean `{model}`?"},
        Wrong{"{request: {set: {x-a: '{completely_else}'}}}",
              "request.set.x-a: unknown placeholder; known ones are {key}, {model}, {request_id}, "
              "{upstream}; write `{{` for a brace"},
        Wrong{"{response: {add: {x-a: 'a{model'}}}",
              "response.add.x-a: a brace is not closed; write `{{` for a brace"},
        Wrong{"{response: {add: {x-a: \"a\\nb\"}}}",
              "response.add.x-a: the value holds a control character"}));

class ReservedOnBothSides : public HeaderOptionsTest,
                            public testing::WithParamInterface<std::string> {};

TEST_P(ReservedOnBothSides, CannotBeWrittenInAnyWay) {
  const std::string name = GetParam();
  const std::string why =
      "`" + name + "` belongs to the connection, which the gateway keeps itself";
  for (const std::string side : {"request", "response"}) {
    for (const std::string& edit :
         {"set: {" + name + ": x}", "add: {" + name + ": x}", "rename: {x-a: " + name + "}"}) {
      config::Diagnostics found;
      const config::Node node = test::config_node("{" + side + ": {" + edit + "}}");
      EXPECT_EQ(make_header(node, found, services).interceptor, nullptr);
      ASSERT_EQ(found.list().size(), 1u) << side << " " << edit;
      EXPECT_EQ(found.list().front().message, why);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Names, ReservedOnBothSides,
                         testing::Values("Connection", "keep-alive", "te", "trailer",
                                         "transfer-encoding", "Upgrade", "proxy-authorization",
                                         "Proxy-Anything", "content-length", "host", "expect"));

INSTANTIATE_TEST_SUITE_P(
    ReservedFields, WrongHeaderOptions,
    testing::Values(
        Wrong{"{request: {set: {Authorization: x}}}",
              "request.set.Authorization: `Authorization` carries a credential; that is what "
              "`api_key` of the upstream is for"},
        Wrong{"{request: {add: {x-api-key: x}}}",
              "request.add.x-api-key: `x-api-key` carries a credential; that is what `api_key` of "
              "the upstream is for"},
        Wrong{"{request: {set: {accept-encoding: gzip}}}",
              "request.set.accept-encoding: `accept-encoding` would let the upstream compress what "
              "the gateway has to read"},
        Wrong{"{request: {set: {content-type: a/b}}}",
              "request.set.content-type: `content-type` says what the body is, and the body stays "
              "as it is"},
        Wrong{"{request: {remove: [Content-Type]}}",
              "request.remove[0]: `Content-Type` says what the body is, and the body stays as it "
              "is"},
        Wrong{"{request: {rename: {content-type: x-a}}}",
              "request.rename.content-type: `content-type` says what the body is, and the body "
              "stays as it is"},
        Wrong{"{response: {set: {content-encoding: br}}}",
              "response.set.content-encoding: `content-encoding` says what the body is, and the "
              "body stays as it is"}));

}  // namespace
}  // namespace penstock
