#include "config/diagnostics.h"

#include <gtest/gtest.h>

#include "config/support.h"

namespace penstock::config::testing {
namespace {

Diagnostics three() {
  Diagnostics diagnostics;
  diagnostics.error({{"b.yaml", 1, 1}, "", "third"});
  diagnostics.error({{"a.yaml", 10, 2}, "server.listen", "second"});
  diagnostics.error({{"a.yaml", 9, 7}, "chain[0]", "first"});
  return diagnostics;
}

TEST(DiagnosticsText, IsOneLineAProblemInTheOrderOfPlaces) {
  EXPECT_EQ(to_text(three()),
            "a.yaml:9:7: chain[0]: first\n"
            "a.yaml:10:2: server.listen: second\n"
            "b.yaml:1:1: third\n");
}

TEST(DiagnosticsText, LeavesOutAPlaceThatIsNotKnown) {
  Diagnostics diagnostics;
  diagnostics.error({{"a.yaml", 0, 0}, "", "cannot read the file"});
  EXPECT_EQ(to_text(diagnostics), "a.yaml: cannot read the file\n");
}

TEST(DiagnosticsText, IsEmptyWhenAllIsWell) {
  EXPECT_EQ(to_text(Diagnostics()), "");
}

TEST(DiagnosticsJson, HoldsEveryFieldInTheOrderOfPlaces) {
  const auto report = nlohmann::json::parse(to_json(three()));
  EXPECT_EQ(report["valid"], false);
  ASSERT_EQ(report["errors"].size(), 3u);
  EXPECT_EQ(report["errors"][0], nlohmann::json::parse(R"({"file": "a.yaml", "line": 9, "column": 7,
                                   "path": "chain[0]", "message": "first"})"));
  EXPECT_EQ(report["errors"][2]["message"], "third");
}

TEST(DiagnosticsJson, SaysThatAConfigurationIsValid) {
  EXPECT_EQ(to_json(Diagnostics()), R"({"valid":true,"errors":[]})");
}

TEST(DiagnosticsJson, SurvivesAFileNameThatIsNotUtf8) {
  Diagnostics diagnostics;
  diagnostics.error({{"\xff.yaml", 1, 1}, "", "m"});
  EXPECT_EQ(nlohmann::json::parse(to_json(diagnostics))["errors"][0]["file"], "\xEF\xBF\xBD.yaml");
}

nlohmann::json run_of(const Diagnostics& diagnostics, std::string_view text = {}) {
  const auto report = nlohmann::json::parse(to_sarif(diagnostics, text));
  EXPECT_EQ(report["version"], "2.1.0");
  EXPECT_EQ(report["runs"].size(), 1u);
  return report["runs"][0];
}

TEST(DiagnosticsSarif, HasOneResultADiagnosticInTheOrderOfPlaces) {
  const auto run = run_of(three());
  ASSERT_EQ(run["results"].size(), 3u);
  EXPECT_EQ(run["results"][0], nlohmann::json::parse(R"({
    "ruleId": "invalid-configuration", "ruleIndex": 0, "level": "error",
    "message": {"text": "first"},
    "locations": [{
      "physicalLocation": {"artifactLocation": {"uri": "a.yaml"},
                           "region": {"startLine": 9, "startColumn": 7}},
      "logicalLocations": [{"fullyQualifiedName": "chain[0]"}]}]})"));
  EXPECT_FALSE(run["results"][2]["locations"][0].contains("logicalLocations"));
}

TEST(DiagnosticsSarif, NamesTheToolAndItsRules) {
  const auto driver = run_of(Diagnostics())["tool"]["driver"];
  EXPECT_EQ(driver["name"], "penstock");
  EXPECT_EQ(driver["version"], PENSTOCK_VERSION);
  ASSERT_EQ(driver["rules"].size(), 2u);
  EXPECT_EQ(driver["rules"][0]["id"], "invalid-configuration");
  EXPECT_EQ(driver["rules"][1]["id"], "suspicious-configuration");
}

TEST(DiagnosticsSarif, TellsWarningsFromErrors) {
  Diagnostics diagnostics;
  Node node;
  node.where = {"a.yaml", 2, 1};
  diagnostics.warning(node, "odd");
  const auto result = run_of(diagnostics)["results"][0];
  EXPECT_EQ(result["ruleId"], "suspicious-configuration");
  EXPECT_EQ(result["ruleIndex"], 1);
  EXPECT_EQ(result["level"], "warning");
}

TEST(Diagnostics, AreGoodWithWarningsAlone) {
  Diagnostics diagnostics;
  Node node;
  node.where = {"a.yaml", 2, 1};
  node.path = "chain";
  diagnostics.warning(node, "odd");
  EXPECT_TRUE(diagnostics.ok());
  EXPECT_EQ(to_text(diagnostics), "a.yaml:2:1: chain: warning: odd\n");
  EXPECT_EQ(to_json(diagnostics),
            R"({"valid":true,"errors":[],"warnings":[)"
            R"({"file":"a.yaml","line":2,"column":1,"path":"chain","message":"odd"}]})");
  diagnostics.error({{"a.yaml", 1, 1}, "", "bad"});
  EXPECT_EQ(to_text(diagnostics), "a.yaml:1:1: bad\na.yaml:2:1: chain: warning: odd\n");
}

TEST(DiagnosticsSarif, HasAnEmptyListWhenAllIsWell) {
  EXPECT_EQ(run_of(Diagnostics())["results"], nlohmann::json::array());
}

TEST(DiagnosticsSarif, LeavesOutAPlaceThatIsNotKnown) {
  Diagnostics diagnostics;
  diagnostics.error({{"a.yaml", 0, 0}, "", "cannot read the file"});
  EXPECT_FALSE(
      run_of(diagnostics)["results"][0]["locations"][0]["physicalLocation"].contains("region"));
}

TEST(DiagnosticsSarif, SpellsFileNamesAsUris) {
  Diagnostics diagnostics;
  diagnostics.error({{"../a b/50%:\xc3\xa4#.yaml", 1, 1}, "", "m"});
  const auto place = run_of(diagnostics)["results"][0]["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "../a%20b/50%25%3A%C3%A4%23.yaml");
}

TEST(DiagnosticsSarif, CountsColumnsInCharacters) {
  Diagnostics diagnostics;
  diagnostics.error({{"a.yaml", 2, 8}, "", "behind two letters of two bytes"});
  const auto result = run_of(diagnostics, "\n\xc3\xa4\xc3\xb6: x\n")["results"][0];
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["region"]["startColumn"], 6);
  EXPECT_EQ(run_of(diagnostics)["columnKind"], "unicodeCodePoints");
}

TEST(DiagnosticsSarif, KeepsAColumnThatTheTextDoesNotHave) {
  Diagnostics diagnostics;
  diagnostics.error({{"a.yaml", 5, 8}, "", "the file has changed"});
  const auto result = run_of(diagnostics, "\n")["results"][0];
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["region"]["startColumn"], 8);
}

}  // namespace
}  // namespace penstock::config::testing
