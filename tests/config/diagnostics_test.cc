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

}  // namespace
}  // namespace penstock::config::testing
