// `penstock completion` and `penstock man`, held against the parser that they are made from.

#include "cli/completion.h"

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>

#include "cli/command_tree.h"
#include "cli/commands.h"
#include "cli/program.h"
#include "support/temp_folder.h"

namespace penstock::cli {
namespace {

using test::bash;
using test::Ended;
using test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

Command program() {
  CLI::App app;
  std::string file;
  int exit_code = 0;
  add_commands(app, file, exit_code);
  return describe(app);
}

/// What bash offers for the last of the words.
std::vector<std::string> offers(const std::string& words, const std::string& folder = ".") {
  const Ended run = bash(
      "source <(penstock completion bash)\ncd '" + folder + "'\nCOMP_WORDS=(" + words +
      ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_penstock\nprintf '%s\\n' \"${COMPREPLY[@]}\"");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.err, "");
  std::vector<std::string> lines = CLI::detail::split(run.out, '\n');
  std::erase(lines, "");
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST(BashCompletion, IsGoodBash) {
  const Ended run = bash("bash -n <(penstock completion bash)");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.err, "");
}

TEST(BashCompletion, IsRegistered) {
  EXPECT_EQ(bash("source <(penstock completion bash); complete -p penstock").out,
            "complete -F _penstock penstock\n");
}

TEST(BashCompletion, OffersCommands) {
  EXPECT_THAT(offers("penstock che"), ElementsAre("check"));
  EXPECT_THAT(offers("penstock c"), ElementsAre("chat", "check", "completion"));
  std::vector<std::string> all;
  for (const Command& command : program().commands) all.push_back(command.name);
  std::sort(all.begin(), all.end());
  EXPECT_EQ(offers("penstock ''"), all);
  EXPECT_THAT(offers("penstock schema ''"), ElementsAre("show", "validate"));
  EXPECT_THAT(offers("penstock schema show re"), ElementsAre("responses"));
}

TEST(BashCompletion, OffersTheOptionsOfTheCommand) {
  EXPECT_THAT(offers("penstock check --f"), ElementsAre("--format"));
  EXPECT_THAT(offers("penstock check x --"), IsSupersetOf({"--color", "--format", "--help"}));
  EXPECT_THAT(offers("penstock chat --m"), ElementsAre("--model"));
  EXPECT_THAT(offers("penstock schema validate --f"), ElementsAre("--formats"));
}

TEST(BashCompletion, OffersTheWordsOfAValue) {
  EXPECT_THAT(offers("penstock check --format ''"), ElementsAre("json", "sarif", "text"));
  EXPECT_THAT(offers("penstock check --format = j"), ElementsAre("json"));
  EXPECT_THAT(offers("penstock check --format ="), ElementsAre("json", "sarif", "text"));
  EXPECT_THAT(offers("penstock completion ''"), ElementsAre("bash", "fish", "zsh"));
  EXPECT_THAT(offers("penstock schema validate --draft ''"), ElementsAre("2020-12", "7"));
}

TEST(BashCompletion, OffersFilesWhereFilesBelong) {
  TempFolder folder;
  folder.write("my config.yaml", "");
  EXPECT_THAT(offers("penstock check my", folder.path()), ElementsAre("my config.yaml"));
  EXPECT_THAT(offers("penstock serve -c ''", folder.path()), ElementsAre("my config.yaml"));
  EXPECT_THAT(offers("penstock -c ''", folder.path()), ElementsAre("my config.yaml"));
  EXPECT_THAT(offers("penstock chat my", folder.path()), ElementsAre());
  EXPECT_THAT(offers("penstock schema validate --schema my", folder.path()),
              ElementsAre("my config.yaml"));
  EXPECT_THAT(offers("penstock schema validate --schema a b my", folder.path()),
              ElementsAre("my config.yaml"));
  EXPECT_THAT(offers("penstock schema validate --refs my", folder.path()), ElementsAre());
}

TEST(BashCompletion, TakesNoValueOfAnOptionForTheCommand) {
  EXPECT_THAT(offers("penstock -c check ser"), ElementsAre("serve"));
}

TEST(Completion, NamesEveryCommandAndOptionForEveryShell) {
  const Command all = program();
  const std::string zsh = zsh_completion(all);
  const std::string fish = fish_completion(all);
  const std::string bash = bash_completion(all);
  for (const Command& command : all_commands(all)) {
    const std::string last = command.name.substr(command.name.rfind(' ') + 1);
    EXPECT_THAT(zsh, HasSubstr("'" + last + ":"));
    EXPECT_THAT(fish, HasSubstr(" -a " + last + " -d "));
    for (const OptionText& option : command.options) {
      const std::string name = option.names.back();
      EXPECT_THAT(zsh, HasSubstr(name + (option.names.size() > 1 ? "}'[" : "["))) << command.name;
      EXPECT_THAT(fish, HasSubstr("__fish_seen_subcommand_from " + last + "'"));
      EXPECT_THAT(fish, HasSubstr(" -l " + name.substr(2))) << command.name;
      EXPECT_THAT(bash, HasSubstr(name)) << command.name;
    }
  }
}

TEST(Completion, TellsZshAndFishWhatAValueIs) {
  const std::string zsh = zsh_completion(program());
  EXPECT_THAT(zsh, ::testing::StartsWith("#compdef penstock\n"));
  EXPECT_THAT(zsh, HasSubstr("'--format[how the result is written]:text|json|sarif:"
                             "(text json sarif)'"));
  EXPECT_THAT(zsh, HasSubstr("'(-c --config)'{-c,--config}'["));
  EXPECT_THAT(zsh, HasSubstr("':FILE:_files'"));
  EXPECT_THAT(zsh, HasSubstr("none\\: the built-in one]"));
  const std::string fish = fish_completion(program());
  EXPECT_THAT(fish, HasSubstr("'__fish_seen_subcommand_from check' -l format -x "
                              "-a 'text json sarif' -d '"));
  EXPECT_THAT(fish, HasSubstr("'__fish_seen_subcommand_from serve' -s c -l config -r -F -d '"));
  EXPECT_THAT(fish, HasSubstr("'__fish_seen_subcommand_from check' -F -d '"));
}

TEST(Completion, QuotesWhatShellsWouldRead) {
  const std::string script = "printf %s " + single_quoted("it's $HOME `id`");
  EXPECT_EQ(bash(script).out, "it's $HOME `id`");
}

TEST(ManualPage, PleasesGroff) {
  const Ended run = bash(
      "command -v groff >/dev/null || exit 77\n"
      "penstock man | groff -man -ww -z -Tutf8");
  if (run.status == 77) GTEST_SKIP() << "groff is missing; scripts/test installs it";
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "");
}

TEST(ManualPage, NamesEveryCommandAndOption) {
  const Command all = program();
  const std::string page = test::penstock({"man"}).out;
  const auto in_roff = [](const std::string& text) {
    return CLI::detail::find_and_replace(text, "-", "\\-");
  };
  EXPECT_GE(all.commands.size(), 9u);
  for (const Command& command : all_commands(all)) {
    const std::size_t begin = page.find(".SS \\fBpenstock " + command.name + "\\fR");
    ASSERT_NE(begin, std::string::npos) << command.name;
    const std::string section = page.substr(begin, page.find("\n.S", begin + 1) - begin);
    EXPECT_THAT(section, HasSubstr(in_roff(command.summary)));
    for (const OptionText& option : command.options) {
      for (const std::string& name : option.names) {
        EXPECT_THAT(section, HasSubstr("\\fB" + in_roff(name) + "\\fR")) << command.name;
      }
    }
    EXPECT_FALSE(command.examples.empty()) << command.name;
    for (const std::string& example : command.examples) {
      EXPECT_THAT(page.substr(page.find(".SH EXAMPLES")), HasSubstr(in_roff(example)));
    }
  }
}

TEST(ManualPage, HasTheSectionsThatReadersLookFor) {
  const std::string page = test::penstock({"man"}).out;
  for (const char* name : {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXIT STATUS",
                           "ENVIRONMENT", "FILES", "EXAMPLES"}) {
    EXPECT_THAT(page, HasSubstr("\n.SH " + std::string(name) + "\n"));
  }
  for (const char* name : {"OPENAI_API_KEY", "OPENAI_BASE_URL", "PENSTOCK_LISTEN", "PENSTOCK_KEY",
                           "PENSTOCK_ADMIN_KEY", "PENSTOCK_CONTROL_URL", "NO_COLOR"}) {
    EXPECT_THAT(page, HasSubstr("\\fB" + std::string(name) + "\\fR"));
  }
}

}  // namespace
}  // namespace penstock::cli
