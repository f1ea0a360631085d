#include "interceptors/json_schema/response_options.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/config_node.h"

namespace penstock::json_schema {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Parsed {
  explicit Parsed(std::string_view yaml) {
    const config::Node node = penstock::test::config_node(yaml);
    config::MapReader map(node, diagnostics);
    options = parse_response_options(map.find("response"), diagnostics);
  }
  config::Diagnostics diagnostics;
  ResponseOptions options;
};

TEST(ResponseOptions, LookAtNoAnswerByDefault) {
  for (const char* yaml : {"{}", "response: none", "response: {}", "response:"}) {
    const Parsed parsed(yaml);
    EXPECT_TRUE(parsed.diagnostics.ok()) << yaml;
    EXPECT_FALSE(parsed.options.any()) << yaml;
  }
}

TEST(ResponseOptions, TakeOneWordForEachMode) {
  EXPECT_TRUE(Parsed("response: provider").options.provider);
  EXPECT_FALSE(Parsed("response: provider").options.structured);
  EXPECT_FALSE(Parsed("response: structured").options.provider);
  EXPECT_TRUE(Parsed("response: structured").options.structured);
}

TEST(ResponseOptions, TakeBothWithTheirSettings) {
  const Parsed parsed(
      "response: {provider: true, structured: {retry: 2, hold: 64KiB, max_content: 1MiB}}");
  EXPECT_TRUE(parsed.diagnostics.ok());
  EXPECT_TRUE(parsed.options.provider);
  ASSERT_TRUE(parsed.options.structured);
  EXPECT_EQ(parsed.options.structured->retry, 2U);
  EXPECT_EQ(parsed.options.structured->hold, 65536U);
  EXPECT_EQ(parsed.options.structured->max_content, 1048576U);
}

TEST(ResponseOptions, HaveDefaultsThatAskOnceAndHoldNothing) {
  for (const char* yaml :
       {"response: structured", "response: {structured: true}", "response: {structured: {}}"}) {
    const Parsed parsed(yaml);
    ASSERT_TRUE(parsed.options.structured) << yaml;
    EXPECT_EQ(parsed.options.structured->retry, 0U);
    EXPECT_EQ(parsed.options.structured->hold, 0U);
    EXPECT_EQ(parsed.options.structured->max_content, 4194304U);
  }
}

struct Bad {
  std::string yaml;
  std::string message;
};

class BadResponseOptions : public testing::TestWithParam<Bad> {};

TEST_P(BadResponseOptions, AreRefusedInWords) {
  const Parsed parsed(GetParam().yaml);
  EXPECT_THAT(penstock::test::messages(parsed.diagnostics),
              ElementsAre(HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadResponseOptions,
    testing::Values(
        Bad{"response: structure", "expected `none`, `provider`, `structured` or a map of the two"},
        Bad{"response: [provider]", "expected `none`, `provider`"},
        Bad{"response: {provider: maybe}", "expected true or false"},
        Bad{"response: {provide: true}", "unknown key `provide`; did you mean `provider`?"},
        Bad{"response: {structured: 1}", "expected true or false"},
        Bad{"response: {structured: {retr: 1}}", "unknown key `retr`; did you mean `retry`?"},
        Bad{"response: {structured: {retry: 6}}", "retry: expected at most 5"},
        Bad{"response: {structured: {hold: 2MiB}}", "hold: expected at most 1MiB"},
        Bad{"response: {structured: {max_content: 65MiB}}", "expected at most 64MiB"},
        Bad{"response: {structured: {max_content: 0}}", "must be more than 0"}));

}  // namespace
}  // namespace penstock::json_schema
