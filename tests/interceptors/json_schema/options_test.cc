#include "interceptors/json_schema/options.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/json_schema/fixture.h"
#include "limits/buckets.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "support/temp_folder.h"

namespace penstock::json_schema::test {
namespace {

using penstock::test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;

struct ParsedOptions {
  explicit ParsedOptions(std::string_view yaml, std::string_view file = "test.yaml") {
    const auto node = config::parse_yaml(yaml, file, diagnostics);
    EXPECT_TRUE(node && diagnostics.ok()) << yaml;
    if (node) schemas = parse_options(*node, diagnostics);
  }
  std::vector<std::string> messages() const {
    std::vector<std::string> messages;
    for (const config::Diagnostic& one : diagnostics.list()) messages.push_back(one.message);
    return messages;
  }

  config::Diagnostics diagnostics;
  Schemas schemas;
};

TEST(JsonSchemaOptions, TakesTheBuiltInSchemasByDefault) {
  for (const char* yaml : {"{}", "", "request: builtin", "request:"}) {
    const ParsedOptions parsed(yaml);
    EXPECT_THAT(parsed.messages(), ElementsAre());
    EXPECT_TRUE(parsed.schemas.chat_completions && parsed.schemas.completions &&
                parsed.schemas.embeddings)
        << yaml;
  }
}

TEST(JsonSchemaOptions, TakesNoneWhereNoneIsWanted) {
  const ParsedOptions parsed("request: none");
  EXPECT_THAT(parsed.messages(), ElementsAre());
  EXPECT_FALSE(parsed.schemas.chat_completions || parsed.schemas.completions ||
               parsed.schemas.embeddings);
}

TEST(JsonSchemaOptions, TakesAFileForChatCompletions) {
  const TempFolder folder;
  const std::string path = folder.write("only-fast.json", R"({"properties":{"model":{
      "const":"fast"}}})");
  const JsonSchema interceptor = make("request: {file: " + path + "}");
  EXPECT_FALSE(refusal(interceptor, Route::kChatCompletions, R"({"model":"fast"})"));
  expect_refused(interceptor, Route::kChatCompletions,
                 {R"({"model":"slow"})", "model", "invalid_value"});
  expect_refused(interceptor, Route::kEmbeddings,
                 {R"({"model":"slow"})", "input", "missing_required_parameter"});
}

TEST(JsonSchemaOptions, LooksForAFileBesideTheConfiguration) {
  const TempFolder folder;
  folder.write("mine.json", "true");
  const ParsedOptions parsed("request: {file: mine.json}", folder.path() + "/penstock.yaml");
  EXPECT_THAT(parsed.messages(), ElementsAre());
  EXPECT_TRUE(parsed.schemas.chat_completions);
}

TEST(JsonSchemaOptions, ReportsAFileThatIsNotThere) {
  const TempFolder folder;
  const ParsedOptions parsed("request: {file: gone.json}", folder.path() + "/penstock.yaml");
  ASSERT_EQ(parsed.messages().size(), 1U);
  EXPECT_EQ(parsed.diagnostics.list()[0].where.line, 1);
  EXPECT_EQ(parsed.diagnostics.list()[0].where.column, 17);
}

TEST(JsonSchemaOptions, ReportsWhatIsWrongInAFile) {
  const TempFolder folder;
  folder.write("bad.json", R"({"items":{"uniqueItems":1}})");
  const ParsedOptions parsed("request: {file: bad.json}", folder.path() + "/penstock.yaml");
  EXPECT_THAT(
      parsed.messages(),
      ElementsAre("the schema is not usable: at /items/uniqueItems: expected true or false"));
}

struct Bad {
  std::string yaml;
  std::string message;
};

class BadJsonSchemaOptions : public testing::TestWithParam<Bad> {};

TEST_P(BadJsonSchemaOptions, AreRefusedInWords) {
  const ParsedOptions parsed(GetParam().yaml);
  EXPECT_THAT(parsed.messages(), ElementsAre(HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadJsonSchemaOptions,
    testing::Values(Bad{"request: buildin", "expected `builtin`, `none` or `{file: PATH}`"},
                    Bad{"request: [none]", "expected `builtin`, `none` or `{file: PATH}`"},
                    Bad{"requests: none", "unknown key `requests`; did you mean `request`?"},
                    Bad{"request: {}", "`file` is missing"},
                    Bad{"request: {file: ''}", "expected the path of a file"},
                    Bad{"request: {file: [a]}", "expected a text"}, Bad{"[]", "expected a map"},
                    Bad{"none", "expected a map"}));

TEST(JsonSchemaOptions, MakeALayerThatNeedsNoOther) {
  const auto log = Log::open({.file = "/dev/null"}, system_clock());
  ASSERT_TRUE(log.has_value());
  limits::Buckets buckets(system_clock());
  Metrics metrics;
  config::Diagnostics diagnostics;
  const Layer layer = make_json_schema({}, diagnostics, {system_clock(), **log, buckets, metrics});
  EXPECT_TRUE(diagnostics.ok());
  EXPECT_NE(layer.interceptor, nullptr);
  EXPECT_TRUE(layer.needs.empty());
  EXPECT_TRUE(layer.provides.empty());
}

}  // namespace
}  // namespace penstock::json_schema::test
