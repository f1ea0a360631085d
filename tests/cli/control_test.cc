// `penstock health`, `status` and `reload`, against a control plane that says what a test wants.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/fake_control_plane.h"
#include "cli/program.h"
#include "cli/text_table.h"
#include "support/socket.h"
#include "support/temp_folder.h"

namespace penstock::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Setting at(const FakeControlPlane& control) {
  return {.environment = {"PENSTOCK_CONTROL_URL=" + control.url()}};
}

std::string config(const FakeControlPlane& control, const std::string& more = {}) {
  return "control: {listen: \"0.0.0.0:" + std::to_string(control.port()) +
         "\", admin_key: from-the-file}\nupstreams: {demo: {kind: demo}}\n" + more;
}

TEST(Health, IsTheExitCode) {
  FakeControlPlane control;
  EXPECT_EQ(penstock({"health"}, at(control)).status, 0);
  EXPECT_THAT(control.seen(), ElementsAre("GET /readyz "));

  control.answer(503, R"({"status":"not_ready","reasons":["draining","reload failed"]})");
  const Ended run = penstock({"health"}, at(control));
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "penstock: not ready: draining, reload failed\n");
}

TEST(Health, ShowsAnAnswerInPlainText) {
  FakeControlPlane control;
  control.answer(503, "draining\n");
  EXPECT_EQ(penstock({"health"}, at(control)).err, "penstock: not ready: draining\n");
}

TEST(Health, CanBeSilent) {
  FakeControlPlane control;
  control.answer(503, "{}");
  const Ended run = penstock({"health", "-q"}, at(control));
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.out + run.err, "");
}

TEST(Health, FailsWhereNobodyListens) {
  std::uint16_t port = 0;
  { port = Listener().port(); }
  const std::string nowhere = "http://127.0.0.1:" + std::to_string(port);
  const Ended run = penstock({"health", "--url", nowhere});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err,
            "penstock: no connection to " + nowhere + "; is `penstock serve` running there?\n");
}

TEST(Health, WaitsForNoControlPlaneThatHangs) {
  Listener silent;  // the system accepts, and nobody answers
  const std::string url = "http://127.0.0.1:" + std::to_string(silent.port());
  const Ended run = penstock({"health", "--url", url});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err, "penstock: " + url + " did not answer, or broke off\n");
}

TEST(Health, FindsTheControlPlaneInTheConfiguration) {
  FakeControlPlane control;
  TempFolder folder;
  const std::string file = folder.write("penstock.yaml", config(control));
  EXPECT_EQ(penstock({"health", "-c", file}).status, 0);
  EXPECT_EQ(control.seen().size(), 1u);
}

TEST(ControlPlane, IsFoundByOptionThenFileThenEnvironment) {
  FakeControlPlane by_option;
  FakeControlPlane by_file;
  FakeControlPlane by_environment;
  TempFolder folder;
  const std::string file = folder.write("penstock.yaml", config(by_file));
  penstock({"health", "--url", by_option.url(), "-c", file}, at(by_environment));
  penstock({"health", "-c", file}, at(by_environment));
  penstock({"health"}, at(by_environment));
  EXPECT_EQ(by_option.seen().size(), 1u);
  EXPECT_EQ(by_file.seen().size(), 1u);
  EXPECT_EQ(by_environment.seen().size(), 1u);
}

TEST(ControlPlane, GetsTheKeyOfTheEnvironmentOrElseOfTheConfiguration) {
  FakeControlPlane control;
  TempFolder folder;
  const std::string file = folder.write("penstock.yaml", config(control));
  penstock({"status", "-c", file});
  penstock({"status", "-c", file}, {.environment = {"PENSTOCK_ADMIN_KEY=of-the-environment"}});
  EXPECT_THAT(control.seen(), ElementsAre("GET /v1/status Bearer from-the-file",
                                          "GET /v1/status Bearer of-the-environment"));
}

TEST(ControlPlane, NeedsOnlyItsOwnSectionToBeRight) {
  FakeControlPlane control;
  TempFolder folder;
  const std::string elsewhere = folder.write(
      "elsewhere.yaml", config(control, "models: {m: {upstream: gone}}\nchain: [{auth: {}}]\n"));
  EXPECT_EQ(penstock({"health", "-c", elsewhere}).status, 0);

  const std::string wrong = folder.write("wrong.yaml", "control: {listen: nowhere}\n");
  const Ended refused = penstock({"health", "-c", wrong});
  EXPECT_EQ(refused.status, 3);
  EXPECT_THAT(refused.err, HasSubstr("wrong.yaml:1:19: control.listen: "));
  EXPECT_EQ(penstock({"health", "-c", folder.path() + "/none.yaml"}).status, 3);
}

TEST(ControlPlane, CannotBeFoundByAnOpenPortOrABrokenUrl) {
  TempFolder folder;
  const std::string file = folder.write("open.yaml", "control: {listen: \"127.0.0.1:0\"}\n");
  const Ended open = penstock({"status", "-c", file});
  EXPECT_EQ(open.status, 2);
  EXPECT_EQ(open.err, "penstock: `control.listen` leaves the port open; --url has to name it\n");
  const Ended broken = penstock({"status"}, {.environment = {"PENSTOCK_CONTROL_URL=ftp://x"}});
  EXPECT_EQ(broken.status, 2);
  EXPECT_THAT(broken.err, ::testing::StartsWith("penstock: PENSTOCK_CONTROL_URL: "));
}

TEST(ControlPlane, SaysThatTheKeyIsMissingOrWrong) {
  FakeControlPlane control;
  control.answer(401, "{}");
  const Ended missing = penstock({"status"}, at(control));
  EXPECT_EQ(missing.status, 1);
  EXPECT_EQ(missing.err,
            "penstock: the control plane wants its admin key; set PENSTOCK_ADMIN_KEY\n");
  Setting wrong = at(control);
  wrong.environment.push_back("PENSTOCK_ADMIN_KEY=wrong");
  EXPECT_EQ(penstock({"reload"}, wrong).err,
            "penstock: the control plane refuses the admin key; is PENSTOCK_ADMIN_KEY right?\n");
}

TEST(ControlPlane, IsNotBelievedWithoutEnd) {
  FakeControlPlane control;
  control.answer(200, "{\"version\":\"" + std::string(5 << 20, 'x') + "\"}");
  EXPECT_EQ(penstock({"status"}, at(control)).status, 1);
  control.answer(200, std::string(100'000, '['));
  const Ended deep = penstock({"status"}, at(control));
  EXPECT_EQ(deep.status, 1);
  EXPECT_THAT(deep.err, HasSubstr("the control plane answered 200: [[["));
}

TEST(Status, IsAPageForPeople) {
  FakeControlPlane control;
  control.answer(200, kStatus);
  const Ended run = penstock({"status"}, at(control));
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(run.out,
            "version        0.1.0\n"
            "state          ready\n"
            "up             3h 12m\n"
            "configuration  penstock.yaml (0123456789ab), loaded 2026-01-02T03:04:05Z\n"
            "last reload    none yet\n"
            "event loops    2\n"
            "connections    12\n"
            "exchanges      4\n"
            "streams        3\n"
            "\n"
            "UPSTREAM  KIND    ACTIVE  IDLE  URL\n"
            "openai    openai  3       5     https://api.openai.com/v1\n");
}

TEST(Status, ShowsTheTwoLargestUnitsOfATime) {
  EXPECT_EQ(cli::duration_text(0), "0s");
  EXPECT_EQ(cli::duration_text(59.9), "59s");
  EXPECT_EQ(cli::duration_text(80), "1m 20s");
  EXPECT_EQ(cli::duration_text(3600), "1h");
  EXPECT_EQ(cli::duration_text(3605), "1h");
  EXPECT_EQ(cli::duration_text(100'000), "1d 3h");
  EXPECT_EQ(cli::duration_text(-1), "0s");
  EXPECT_EQ(cli::duration_text(1e300), "11574074d 1h");
}

TEST(Status, TellsHowTheLastReloadEnded) {
  FakeControlPlane control;
  auto report = nlohmann::json::parse(kStatus);
  auto& reload = report["configuration"]["last_reload"];
  reload = {{"success", false}, {"at", "2026-01-02T04:00:00Z"}, {"errors", {"a", "b"}}};
  control.answer(200, report.dump());
  EXPECT_THAT(penstock({"status"}, at(control)).out,
              HasSubstr("\nlast reload    failed, 2026-01-02T04:00:00Z, 2 errors\n"));
  reload["success"] = true;
  control.answer(200, report.dump());
  EXPECT_THAT(penstock({"status"}, at(control)).out,
              HasSubstr("\nlast reload    good, 2026-01-02T04:00:00Z\n"));
}

TEST(Status, GivesAProgramTheReportAsItIs) {
  FakeControlPlane control;
  control.answer(200, kStatus);
  const Ended run = penstock({"status", "--format", "json"}, at(control));
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(nlohmann::json::parse(run.out), nlohmann::json::parse(kStatus));
}

TEST(Status, ToleratesAReportOfAnotherVersion) {
  FakeControlPlane control;
  control.answer(200, R"({"version": 7, "uptime_seconds": "long", "connections": {"new": 1},
    "configuration": [], "upstreams": {"openai": 1},
    "state": "\u001b[2J"})");
  const Ended run = penstock({"status"}, at(control));
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.out, ::testing::StartsWith("version        7\nstate          ?[2J\n"));
  EXPECT_THAT(run.out, HasSubstr("\nstreams        -\n"));
  EXPECT_THAT(run.out, Not(HasSubstr("UPSTREAM")));
}

TEST(Status, FailsOnAnAnswerThatIsNoReport) {
  FakeControlPlane control;
  control.answer(404, R"({"error":{"message":"no such path"}})");
  const Ended run = penstock({"status"}, at(control));
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, "penstock: the control plane answered 404: no such path\n");
}

TEST(Limits, AreATableForAPerson) {
  FakeControlPlane control;
  control.answer(200, kLimits);
  const Ended run = penstock({"limits"}, at(control));
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(control.seen(), ElementsAre("GET /v1/limits "));
  EXPECT_EQ(
      run.out,
      "LIMIT    UNIT      CAPACITY  WINDOW               USED  RESERVED  REMAINING  RESET  "
      "SUBJECT\n"
      "per key  tokens    100000    1m                   1000  250       98750      750ms  ci\n"
      "per key  tokens    100000    1m                   ...   ...       ...        ...    "
      "...\n"
      "monthly  requests  1000000   month Europe/Berlin  0     0         1000000    -      -\n");
}

TEST(Limits, AreGivenToAProgramAsTheyAre) {
  FakeControlPlane control;
  control.answer(200, kLimits);
  const Ended run = penstock({"limits", "--format", "json"}, at(control));
  EXPECT_EQ(nlohmann::json::parse(run.out), nlohmann::json::parse(kLimits));
}

TEST(Limits, TolerateAReportOfAnotherVersion) {
  FakeControlPlane control;
  control.answer(200, R"({"limits": [1, {"name": "\u001b[2J", "meters": [{}, 2]}]})");
  const Ended run = penstock({"limits"}, at(control));
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.out, HasSubstr("?[2J"));
  control.answer(200, "{}");
  EXPECT_EQ(penstock({"limits"}, at(control)).out, "there are no limits\n");
}

TEST(Reload, SaysThatItIsDone) {
  FakeControlPlane control;
  control.answer(200, R"({"valid":true,"errors":[]})");
  const Ended run = penstock({"reload"}, at(control));
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "penstock: the configuration was loaded anew\n");
  EXPECT_THAT(control.seen(), ElementsAre("POST /v1/config/reload "));
}

TEST(Reload, PrintsWhatIsWrongAsCheckDoes) {
  FakeControlPlane control;
  const std::string report =
      R"({"valid":false,"errors":[{"file":"penstock.yaml","line":7,"column":3,)"
      R"("path":"modls","message":"unknown key `modls`; did you mean `models`?"},)"
      R"({"file":"penstock.yaml","line":-1,"message":"odd\u001b[2J"}]})";
  control.answer(422, report);
  const Ended run = penstock({"reload"}, at(control));
  EXPECT_EQ(run.status, 3);
  EXPECT_EQ(run.err,
            "penstock.yaml: odd?[2J\n"
            "penstock.yaml:7:3: modls: unknown key `modls`; did you mean `models`?\n"
            "penstock: the configuration is as it was; correct these and try again\n");

  const Ended json = penstock({"reload", "--format", "json"}, at(control));
  EXPECT_EQ(json.status, 3);
  EXPECT_EQ(json.out, report + "\n");
}

TEST(Reload, FailsOnAnAnswerThatIsNoVerdict) {
  FakeControlPlane control;
  control.answer(200, "{}");
  EXPECT_EQ(penstock({"reload"}, at(control)).status, 1);
}

}  // namespace
}  // namespace penstock::test
