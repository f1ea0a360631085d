#include "interceptors/json_schema/options.h"

#include <array>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "interceptors/json_schema/fixture.h"
#include "limits/memory_store.h"
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
    if (node) options = parse_options(*node, diagnostics);
  }
  std::vector<std::string> messages() const {
    std::vector<std::string> messages;
    for (const config::Diagnostic& one : diagnostics.list()) messages.push_back(one.message);
    return messages;
  }

  config::Diagnostics diagnostics;
  Options options;

  /// How many rules the route has that a body is held to the first of.
  std::size_t rules_of(Route route) const { return options.rules[index_of(route)].request.size(); }
};

constexpr std::array kQuestions{Route::kChatCompletions, Route::kCompletions, Route::kEmbeddings,
                                Route::kModerations, Route::kResponses};

/// No body of any route with a built-in schema fits it.
constexpr const char* kMisfit = R"({"model":"m","messages":5,"prompt":{},"input":5})";

TEST(JsonSchemaOptions, TakesTheBuiltInSchemasByDefault) {
  for (const char* yaml : {"{}", "", "request: builtin", "request:", "also: []", "mode: enforce",
                           "request: {use: builtin}", "request: [builtin]", "request: []"}) {
    const JsonSchema interceptor = make(yaml);
    for (const Route route : kQuestions) {
      EXPECT_TRUE(refusal(interceptor, route, kMisfit)) << yaml << " " << to_string(route);
    }
  }
}

TEST(JsonSchemaOptions, TakesNoneWhereNoneIsWanted) {
  for (const char* yaml : {"request: none", "request: {use: none}", "request: [none]"}) {
    const JsonSchema interceptor = make(yaml);
    for (const Route route : kQuestions) {
      EXPECT_FALSE(refusal(interceptor, route, kMisfit)) << yaml << " " << to_string(route);
    }
  }
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
  EXPECT_EQ(parsed.rules_of(Route::kChatCompletions), 2u) << "and the built-in one";
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

TEST(JsonSchemaOptions, TakeASchemaThatIsWrittenInTheConfiguration) {
  const JsonSchema interceptor = make(
      "request:\n"
      "  schema:\n"
      "    required: [model, team]\n"
      "    properties:\n"
      "      team: {enum: [blue, \"1\", 2, null, true]}\n"
      "      user: {pattern: \"^[a-z]+$\"}\n");
  const auto chat = [](const std::string& team) {
    return R"({"model":"m","team":)" + team + R"(,"user":"u"})";
  };
  for (const char* team : {R"("blue")", R"("1")", "2", "null", "true"}) {
    expect_passed(interceptor, Route::kChatCompletions, chat(team));
  }
  for (const char* team : {"1", R"("2")", R"("null")", R"("true")", R"("red")"}) {
    expect_refused(interceptor, Route::kChatCompletions, {chat(team), "team", "invalid_value"});
  }
  expect_refused(interceptor, Route::kChatCompletions,
                 {R"({"model":"m","team":2,"user":"U"})", "user", "invalid_value"});
}

TEST(JsonSchemaOptions, TakeTheFirstRuleThatIsForRouteAndModel) {
  const JsonSchema interceptor = make(
      "request:\n"
      "  - {use: none, models: [trusted, tried]}\n"
      "  - {schema: {properties: {model: {const: small}}}, routes: [embeddings, images]}\n"
      "  - {schema: false, routes: moderations, models: bad}\n");
  expect_passed(interceptor, Route::kChatCompletions, R"({"model":"trusted","messages":5})");
  expect_passed(interceptor, Route::kEmbeddings, R"({"model":"tried"})");
  expect_refused(interceptor, Route::kChatCompletions,
                 {R"({"model":"other","messages":5})", "messages", "invalid_type"});
  expect_refused(interceptor, Route::kEmbeddings,
                 {R"({"model":"large","input":"a"})", "model", "invalid_value"});
  expect_passed(interceptor, Route::kEmbeddings, R"({"model":"small"})");
  expect_refused(interceptor, Route::kImages, {R"({"model":"large"})", "model", "invalid_value"});
  expect_refused(interceptor, Route::kModerations,
                 {R"({"model":"bad","input":"a"})", "", "invalid_value"});
  expect_passed(interceptor, Route::kModerations, R"({"input":"a"})");
}

TEST(JsonSchemaOptions, AddSchemasToTheBuiltInOnes) {
  const TempFolder folder;
  const std::string path = folder.write("team.json", R"({"required":["metadata"]})");
  const JsonSchema interceptor = make("also: [{file: " + path +
                                      ", routes: [chat_completions]}, {models: [fast], schema: "
                                      "{properties: {temperature: {maximum: 1}}}}]");
  const auto chat = [](const std::string& fields) {
    return R"({"messages":[{"role":"user","content":"a"}],)" + fields + "}";
  };
  const Route route = Route::kChatCompletions;
  expect_passed(interceptor, route, chat(R"("model":"m","metadata":{},"temperature":2)"));
  expect_passed(interceptor, route, chat(R"("model":"fast","metadata":{},"temperature":1)"));
  expect_refused(interceptor, route,
                 {chat(R"("model":"m")"), "metadata", "missing_required_parameter"});
  expect_refused(interceptor, route,
                 {chat(R"("model":"fast","metadata":{},"temperature":1.5)"), "temperature",
                  "decimal_above_max_value"});
  expect_refused(interceptor, route,
                 {chat(R"("model":"m","metadata":{},"temperature":3)"), "temperature",
                  "decimal_above_max_value"});
  expect_passed(interceptor, Route::kEmbeddings, R"({"model":"m","input":"a"})");
  expect_refused(interceptor, Route::kCompletions,
                 {R"({"model":"fast","prompt":"a","temperature":1.5})", "temperature",
                  "decimal_above_max_value"});
}

TEST(JsonSchemaOptions, HoldRequestsToTheirAdditionsWhereTheBuiltInOnesAreOff) {
  const JsonSchema interceptor =
      make("{request: none, also: [{schema: {properties: {model: {enum: [a, b]}}}}]}");
  for (const Route route : kQuestions) {
    expect_refused(interceptor, route, {R"({"model":"c"})", "model", "invalid_value"});
    expect_passed(interceptor, route, R"({"model":"a"})");
  }
  expect_passed(interceptor, Route::kImages, R"({"model":"c"})");
}

TEST(JsonSchemaOptions, NameTheFilesToBeWatched) {
  const TempFolder folder;
  folder.write("a.json", "true");
  folder.write("b.json", "true");
  const ParsedOptions parsed("{request: {file: a.json}, also: [{file: b.json}]}",
                             folder.path() + "/penstock.yaml");
  EXPECT_THAT(parsed.options.files,
              ElementsAre(folder.path() + "/a.json", folder.path() + "/b.json"));
}

TEST(JsonSchemaOptions, LetSchemasReachTheDocumentsThatAreNamed) {
  const TempFolder folder;
  const std::string team = folder.write("team.json", R"({"enum":["blue","red"]})");
  const std::string file = folder.write(
      "chat.json", R"({"properties":{"user":{"$ref":"https://example.com/team.json"}}})");
  const JsonSchema interceptor = make(
      "{request: {file: " + file + "}, refs: {\"https://example.com/team.json\": " + team + "}}");
  expect_passed(interceptor, Route::kChatCompletions, R"({"model":"m","user":"red"})");
  expect_refused(interceptor, Route::kChatCompletions,
                 {R"({"model":"m","user":"me"})", "user", "invalid_value"});
  const ParsedOptions without("request: {file: " + file + "}");
  EXPECT_THAT(without.messages(), ElementsAre(HasSubstr("$ref")));
}

TEST(JsonSchemaOptions, NameTheDocumentsToBeWatched) {
  const TempFolder folder;
  folder.write("a.json", "true");
  const ParsedOptions parsed("refs: {\"urn:a\": a.json}", folder.path() + "/penstock.yaml");
  EXPECT_THAT(parsed.options.files, ElementsAre(folder.path() + "/a.json"));
}

TEST(JsonSchemaOptions, MakeARuleOfFormatsWhereTheySaySo) {
  const std::string also =
      "also: [{schema: {properties: {user: {format: email}}}, routes: images}]";
  const std::string body = R"({"user":"nobody"})";
  expect_passed(make(also), Route::kImages, body);
  expect_passed(make("{formats: annotate, " + also + "}"), Route::kImages, body);
  expect_refused(make("{formats: assert, " + also + "}"), Route::kImages,
                 {body, "user", "invalid_value"});
}

TEST(JsonSchemaOptions, WarnOfAKeywordThatNobodyKnows) {
  const ParsedOptions parsed("also:\n  - schema: {propertis: {}}\n");
  EXPECT_TRUE(parsed.diagnostics.ok());
  ASSERT_EQ(parsed.diagnostics.warnings().size(), 1u);
  const config::Diagnostic& warning = parsed.diagnostics.warnings()[0];
  EXPECT_EQ(warning.path, "also[0].schema");
  EXPECT_EQ(warning.where.line, 2);
  EXPECT_THAT(warning.message, HasSubstr("did you mean `properties`?"));
}

TEST(JsonSchemaOptions, PointAtTheWordThatIsWrong) {
  const ParsedOptions parsed("also:\n  - schema: {}\n    routes: [embeddings, chat_completion]\n");
  EXPECT_THAT(parsed.messages(),
              ElementsAre("expected the name of a route; did you mean `chat_completions`?"));
  EXPECT_EQ(parsed.diagnostics.list()[0].where.line, 3);
  EXPECT_EQ(parsed.diagnostics.list()[0].where.column, 26);
  EXPECT_EQ(parsed.diagnostics.list()[0].path, "also[0].routes[1]");
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
    testing::Values(
        Bad{"request: buildin", "expected `builtin`, `none` or `{file: PATH}`"},
        Bad{"request: [nine]", "expected `builtin`, `none` or `{file: PATH}`"},
        Bad{"requests: none", "unknown key `requests`; did you mean `request`?"},
        Bad{"request: {}", "expected one of `use`, `file` and `schema` in a rule"},
        Bad{"request: {use: some}", "expected `builtin` or `none`"},
        Bad{"request: {use: none, file: a}", "`use`, `file` and `schema` exclude each other"},
        Bad{"request: {use: builtin, routes: [images]}", "no built-in schema of `images`"},
        Bad{"request: [none, {use: builtin, models: [a]}]", "put the narrower rules first"},
        Bad{"request: [[none]]", "expected `builtin`, `none` or `{file: PATH}`"},
        Bad{"also: {schema: {}}", "expected a list of rules"},
        Bad{"also: [none]", "expected `{file: PATH}` or `{schema: {...}}`"},
        Bad{"also: [{use: none, schema: {}}]", "unknown key `use`"},
        Bad{"also: [{}]", "expected one of `file` and `schema` in a rule"},
        Bad{"also: [{schema: {}, model: [a]}]", "did you mean `models`?"},
        Bad{"also: [{schema: {}, models: []}]", "leave it out where all are meant"},
        Bad{"also: [{schema: {}, models: [[a]]}]", "expected a name"},
        Bad{"also: [{schema: {}, routes: {}}]", "expected a list of names"},
        Bad{"also: [{schema: {}, routes: [models]}]", "expected the name of a route"},
        Bad{"also: [{schema: {type: 5}}]", "the schema is not usable: "},
        Bad{"refs: [a]", "expected a map of documents, `URI: PATH`"},
        Bad{"refs: {\"urn:a\": [a]}", "expected the path of a file"},
        Bad{"refs: {\"urn:a\": /none}", "No such file"},
        Bad{"refs: {a: /dev/null}", "the document is not usable: "},
        Bad{"formats: on", "expected one of `annotate` and `assert`"},
        Bad{"mode: reprot", "expected one of `enforce` and `report`; did you mean `report`?"},
        Bad{"request: {file: ''}", "expected the path of a file"},
        Bad{"request: {file: [a]}", "expected the path of a file"}, Bad{"[]", "expected a map"},
        Bad{"none", "expected a map"}));

TEST(JsonSchemaOptions, MakeALayerThatNeedsNoOther) {
  const auto log = Log::open({.file = "/dev/null"}, system_clock());
  ASSERT_TRUE(log.has_value());
  limits::MemoryStore meters(system_clock());
  Metrics metrics;
  config::Diagnostics diagnostics;
  const Layer layer = make_json_schema({}, diagnostics, {system_clock(), **log, meters, metrics});
  EXPECT_TRUE(diagnostics.ok());
  EXPECT_NE(layer.interceptor, nullptr);
  EXPECT_TRUE(layer.needs.empty());
  EXPECT_TRUE(layer.provides.empty());
}

}  // namespace
}  // namespace penstock::json_schema::test
