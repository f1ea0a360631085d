// What every command has in common: usage errors, exit codes, where output goes.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/program.h"

namespace penstock::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string usage_error(const std::vector<std::string>& arguments) {
  const Ended run = penstock(arguments);
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.out, "");
  return run.err;
}

TEST(Usage, NamesTheNearestCommand) {
  EXPECT_EQ(usage_error({"chekc", "penstock.yaml"}),
            "penstock: unknown command `chekc`; did you mean `check`?\n");
}

TEST(Usage, ListsTheCommandsWhereNoneIsNear) {
  EXPECT_THAT(usage_error({"frobnicate"}), HasSubstr("known: `serve`, `check`, `chat`, "));
}

TEST(Usage, NamesTheNearestOption) {
  EXPECT_EQ(usage_error({"check", "--frmat=json", "x"}),
            "penstock: unknown option `--frmat`; did you mean `--format`?\n");
}

TEST(Usage, PointsToTheHelpOfTheCommandWhereNoOptionIsNear) {
  EXPECT_EQ(usage_error({"serve", "--nonsense"}),
            "penstock: unknown option `--nonsense`; see `penstock serve --help`\n");
  EXPECT_EQ(usage_error({"--nonsense", "serve"}),
            "penstock: unknown option `--nonsense`; see `penstock --help`\n");
}

TEST(Usage, SaysWhatIsMissingOrTooMuch) {
  EXPECT_EQ(usage_error({"check"}), "penstock: FILE is required; see `penstock check --help`\n");
  EXPECT_EQ(usage_error({"check", "a", "b"}),
            "penstock: `b` is one argument too many; see `penstock check --help`\n");
  EXPECT_EQ(
      usage_error({"schema"}),
      "penstock: `penstock schema` needs a command behind it; known: `validate` and `show`\n");
  EXPECT_EQ(usage_error({"schema", "validat"}),
            "penstock: unknown command `validat`; did you mean `validate`?\n");
  EXPECT_EQ(usage_error({"check", "a", "--format"}),
            "penstock: `--format` needs a value; see `penstock check --help`\n");
}

TEST(Usage, RefusesValuesWithTheirRemedy) {
  EXPECT_EQ(usage_error({"check", "a", "--format", "jsn"}),
            "penstock: --format: `jsn` is unknown here; did you mean `json`?\n");
  EXPECT_EQ(usage_error({"completion", "tcsh"}),
            "penstock: SHELL: `tcsh` is unknown here; known: `bash`, `zsh` and `fish`\n");
  EXPECT_THAT(usage_error({"chat", "hi", "--url", "localhost:4000"}),
              StartsWith("penstock: --url: `localhost:4000`: "));
}

TEST(Usage, ForgetsNoOptionInFrontOfACommand) {
  EXPECT_EQ(usage_error({"-c", "penstock.yaml", "serve"}),
            "penstock: `--config` stands in front of `serve`; put it behind\n");
}

TEST(Usage, HelpGoesToStdoutWithAnExampleForEveryCommand) {
  const Ended whole = penstock({"--help"});
  EXPECT_EQ(whole.status, 0);
  EXPECT_EQ(whole.err, "");
  for (const char* command : {"serve", "check", "chat", "tokens", "health", "status", "reload",
                              "limits", "schema", "version", "completion", "man"}) {
    EXPECT_THAT(whole.out, HasSubstr("\n  " + std::string(command) + " "));
    const Ended help = penstock({command, "--help"});
    EXPECT_EQ(help.status, 0);
    EXPECT_THAT(help.out, HasSubstr("Usage: penstock " + std::string(command)));
    EXPECT_THAT(help.out, HasSubstr("\nExamples:\n  "));
  }
}

TEST(Usage, HelpFitsATerminal) {
  const Ended help = penstock({"health", "--help"});
  const std::string notes = help.out.substr(help.out.find("\nFor the health"));
  std::size_t longest = 0;
  for (std::size_t at = 0, end = 0; (end = notes.find('\n', at)) != std::string::npos;
       at = end + 1) {
    longest = std::max(longest, end - at);
  }
  EXPECT_LE(longest, 80u) << notes;
}

TEST(Usage, TellsItsVersionForPeopleAndPrograms) {
  const Ended text = penstock({"version"});
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, StartsWith("penstock 0."));
  EXPECT_EQ(penstock({"--version"}).out, text.out.substr(0, text.out.find('\n') + 1));

  const auto versions = nlohmann::json::parse(penstock({"version", "--format", "json"}).out);
  for (const char* part : {"compiler", "openssl", "simdjson", "boost"}) {
    EXPECT_THAT(text.out, HasSubstr(versions[part].get<std::string>())) << part;
  }
  EXPECT_THAT(text.out, StartsWith("penstock " + versions["version"].get<std::string>() + "\n"));
}

TEST(Usage, EndsQuietlyWhenTheReaderHasLeft) {
  const Ended run = penstock({"man"}, {.out = Setting::Stdout::kReaderGone});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(penstock({"--help"}, {.out = Setting::Stdout::kReaderGone}).err, "");
}

TEST(Usage, SaysWhenWhatItPrintsIsLost) {
  const Ended run = penstock({"man"}, {.out = Setting::Stdout::kFullDisk});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.err, "penstock: cannot write to stdout; is the disk full?\n");
}

}  // namespace
}  // namespace penstock::test
