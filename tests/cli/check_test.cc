// `penstock check`.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "support/temp_folder.h"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kGoodConfig = "upstreams: {demo: {kind: demo}}\n";
constexpr const char* kBadConfig =
    "upstreams: {demo: {kind: demo}}\n"
    "server:\n"
    "  lisen: 127.0.0.1:0\n"
    "chain:\n"
    "\t- log\n";
constexpr const char* kTwoErrors =
    "upstreams: {demo: {kind: demo}}\n"
    "server:\n"
    "  lisen: 127.0.0.1:0\n"
    "  threads: many\n";

TEST(Check, SaysThatAFileIsGoodOnStderr) {
  TempFolder folder;
  const std::string file = folder.write("good.yaml", kGoodConfig);
  const Ended run = penstock({"check", file});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, file + ": good\n");
}

TEST(Check, PrintsOneLineAProblemWhereNoTerminalIs) {
  TempFolder folder;
  const std::string file = folder.write("bad.yaml", kTwoErrors);
  const Ended run = penstock({"check", file});
  EXPECT_EQ(run.status, 3);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, ::testing::StartsWith(file + ":3:3: server.lisen: unknown key `lisen`"));
  EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 2) << run.err;
  EXPECT_THAT(run.err, Not(HasSubstr("\x1b")));
}

TEST(Check, ReadsStdin) {
  EXPECT_EQ(penstock({"check", "-"}, {.input = kGoodConfig}).err, "-: good\n");
  const Ended bad = penstock({"check", "-"}, {.input = kTwoErrors});
  EXPECT_EQ(bad.status, 3);
  EXPECT_THAT(bad.err, ::testing::StartsWith("stdin:3:3: server.lisen: "));
}

TEST(Check, ReadsAPipeOnce) {
  const Ended run = bash("penstock check <(echo 'upstreams: {demo: {kind: demo}}')");
  EXPECT_EQ(run.status, 0) << run.err;
}

TEST(Check, RefusesAnInputThatIsTooLong) {
  const Ended run = penstock({"check", "-"}, {.input = std::string((1 << 20) + 1, '#')});
  EXPECT_EQ(run.status, 3);
  EXPECT_EQ(run.err, "stdin: cannot read the file: it is longer than 1024 KiB\n");
}

TEST(Check, NamesAFileThatCannotBeRead) {
  TempFolder folder;
  const Ended run = penstock({"check", folder.path() + "/none.yaml"});
  EXPECT_EQ(run.status, 3);
  EXPECT_EQ(run.err,
            folder.path() + "/none.yaml: cannot read the file: No such file or directory\n");
}

TEST(Check, ReportsToAProgramOnStdout) {
  const Ended run = penstock({"check", "--format", "json", "-"}, {.input = kTwoErrors});
  EXPECT_EQ(run.status, 3);
  EXPECT_EQ(run.err, "");
  const auto report = nlohmann::json::parse(run.out);
  EXPECT_EQ(report["valid"], false);
  EXPECT_EQ(report["errors"][1]["line"], 4);
}

TEST(Check, ReportsInSarif) {
  TempFolder folder;
  const std::string file = folder.write("with space.yaml", kTwoErrors);
  const Ended run = penstock({"check", "--format", "sarif", file});
  EXPECT_EQ(run.status, 3);
  EXPECT_EQ(run.err, "");
  const auto report = nlohmann::json::parse(run.out);
  EXPECT_EQ(report["version"], "2.1.0");
  ASSERT_EQ(report["runs"].size(), 1u);
  const auto& driver = report["runs"][0]["tool"]["driver"];
  EXPECT_EQ(driver["name"], "penstock");
  EXPECT_THAT(penstock({"version"}).out, HasSubstr(driver["version"].get<std::string>()));
  const auto& results = report["runs"][0]["results"];
  ASSERT_EQ(results.size(), 2u);
  for (const auto& result : results) {
    EXPECT_EQ(result["ruleId"], driver["rules"][result["ruleIndex"].get<std::size_t>()]["id"]);
  }
  const auto& place = results[0]["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], folder.path() + "/with%20space.yaml");
  EXPECT_EQ(place["region"], (nlohmann::json{{"startLine", 3}, {"startColumn", 3}}));
}

TEST(Check, ReportsAGoodFileInSarifWithoutResults) {
  const Ended run = penstock({"check", "--format", "sarif", "-"}, {.input = kGoodConfig});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(nlohmann::json::parse(run.out)["runs"][0]["results"], nlohmann::json::array());
}

TEST(Check, PointsAtTheColumnOnATerminal) {
  TempFolder folder;
  const std::string file = folder.write("bad.yaml", kTwoErrors);
  TerminalSession session({"check", file}, {.environment = {"TERM=xterm"}});
  EXPECT_EQ(session.wait_for_exit(), 3);
  EXPECT_THAT(session.screen(), HasSubstr("\n      lisen: 127.0.0.1:0\n      \x1b[31m^\x1b[0m\n"));
  EXPECT_THAT(session.screen(), HasSubstr("\x1b[1m" + file + ":3:3:\x1b[0m server.lisen: "));
}

TEST(Check, KeepsTheCaretUnderItsColumnBehindTabsAndLettersOfManyBytes) {
  TempFolder folder;
  const std::string file = folder.write(
      "bad.yaml", "upstreams: {demo: {kind: demo}}\nmodels: {\"\xc3\xa4\":\t{upstrem: demo}}\n");
  TerminalSession session({"check", "--color", "never", file});
  EXPECT_EQ(session.wait_for_exit(), 3);
  EXPECT_THAT(session.screen(),
              HasSubstr("    models: {\"\xc3\xa4\":\t{upstrem: demo}}\n                 \t ^\n"));
}

TEST(Check, HonoursNoColorUnlessItIsEmpty) {
  TempFolder folder;
  const std::string file = folder.write("bad.yaml", kBadConfig);
  TerminalSession plain({"check", file}, {.environment = {"TERM=xterm", "NO_COLOR=1"}});
  EXPECT_EQ(plain.wait_for_exit(), 3);
  EXPECT_THAT(plain.screen(), Not(HasSubstr("\x1b")));
  EXPECT_THAT(plain.screen(), HasSubstr("^\n"));

  TerminalSession colored({"check", file}, {.environment = {"TERM=xterm", "NO_COLOR="}});
  EXPECT_EQ(colored.wait_for_exit(), 3);
  EXPECT_THAT(colored.screen(), HasSubstr("\x1b[1m"));
}

TEST(Check, ColorsAsTheOptionSays) {
  const Setting setting{.environment = {"NO_COLOR=1"}, .input = kTwoErrors};
  EXPECT_THAT(penstock({"check", "--color", "always", "-"}, setting).err, HasSubstr("\x1b[1m"));
  EXPECT_THAT(penstock({"check", "--color", "auto", "-"}, setting).err, Not(HasSubstr("\x1b")));
  TempFolder folder;
  TerminalSession never({"check", "--color=never", folder.write("bad.yaml", kTwoErrors)},
                        {.environment = {"TERM=xterm"}});
  EXPECT_EQ(never.wait_for_exit(), 3);
  EXPECT_THAT(never.screen(), Not(HasSubstr("\x1b")));
  TerminalSession dumb({"check", folder.path() + "/bad.yaml"}, {.environment = {"TERM=dumb"}});
  EXPECT_EQ(dumb.wait_for_exit(), 3);
  EXPECT_THAT(dumb.screen(), Not(HasSubstr("\x1b")));
}

TEST(Check, LetsNoFileNameOrKeyCommandTheTerminal) {
  const Ended run = penstock({"check", "-"}, {.input = "\"\\e]0;x\\a\": 1\n"});
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.err, Not(HasSubstr("\x1b")));
  EXPECT_THAT(run.err, Not(HasSubstr("\a")));
}

TEST(Check, TouchesNothingOutside) {
  TempFolder folder;
  const std::string log = folder.path() + "/gateway.log";
  const Ended run =
      penstock({"check", "-"},
               {.input = std::string(kGoodConfig) + "chain: [{log: {file: \"" + log + "\"}}]\n"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(::access(log.c_str(), F_OK), 0);
}

constexpr const char* kSuspicious =
    "upstreams: {demo: {kind: demo}}\n"
    "chain:\n"
    "  - json_schema: {also: [{schema: {propertis: {}}}]}\n";

TEST(Check, WarnsOfWhatIsProbablyNotMeantAndCallsTheFileGood) {
  const Ended run = penstock({"check", "-"}, {.input = kSuspicious});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err,
              ::testing::StartsWith("stdin:3:35: chain[0].json_schema.also[0].schema: warning: "));
  EXPECT_THAT(run.err, HasSubstr("did you mean `properties`?\n"));
  EXPECT_THAT(run.err, ::testing::EndsWith("\n-: good\n"));
}

TEST(Check, ReportsWarningsToPrograms) {
  const Ended run = penstock({"check", "--format", "json", "-"}, {.input = kSuspicious});
  EXPECT_EQ(run.status, 0);
  const auto report = nlohmann::json::parse(run.out);
  EXPECT_EQ(report["valid"], true);
  EXPECT_EQ(report["errors"], nlohmann::json::array());
  ASSERT_EQ(report["warnings"].size(), 1u);
  EXPECT_EQ(report["warnings"][0]["line"], 3);

  const Ended sarif = penstock({"check", "--format", "sarif", "-"}, {.input = kSuspicious});
  const auto run_of_sarif = nlohmann::json::parse(sarif.out)["runs"][0];
  const auto& result = run_of_sarif["results"][0];
  EXPECT_EQ(result["level"], "warning");
  EXPECT_EQ(run_of_sarif["tool"]["driver"]["rules"][result["ruleIndex"].get<std::size_t>()]["id"],
            result["ruleId"]);
}

}  // namespace
}  // namespace penstock::test
