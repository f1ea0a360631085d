// docs/cli.md is held against the parser, and its examples are run.

#include <fstream>
#include <sstream>

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>

#include "cli/command_tree.h"
#include "cli/commands.h"
#include "cli/fake_control_plane.h"
#include "cli/program.h"
#include "support/gateway_process.h"

namespace penstock::cli {
namespace {

using test::Ended;
using ::testing::HasSubstr;

std::string documentation() {
  std::ostringstream text;
  text << std::ifstream(PENSTOCK_SOURCE_DIR "/docs/cli.md").rdbuf();
  return text.str();
}

struct Block {
  std::string info;  // "sh run", "sh show", "text output", "text output 3"
  std::string text;
};

std::vector<Block> blocks() {
  std::istringstream lines(documentation());
  std::vector<Block> found;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    const bool fence = line.starts_with("```");
    if (fence && !inside) found.push_back({line.substr(3), ""});
    if (!fence && inside) found.back().text += line + "\n";
    if (fence) inside = !inside;
  }
  EXPECT_FALSE(inside);
  return found;
}

/// The part of the page that is about a command.
std::string section(const std::string& page, const std::string& command) {
  const bool shared = command == "completion" || command == "man";
  const std::size_t begin = page.find("\n## " + (shared ? "completion and man" : command) + "\n");
  if (begin == std::string::npos) return {};
  return page.substr(begin, page.find("\n## ", begin + 1) - begin);
}

TEST(CliDocumentation, NamesEveryCommandAndOption) {
  CLI::App app;
  std::string file;
  int exit_code = 0;
  add_commands(app, file, exit_code);
  const std::string page = documentation();
  const std::string control = section(page, "health");
  for (const Command& command : all_commands(describe(app))) {
    if (!command.commands.empty()) continue;  // nothing by itself
    EXPECT_THAT(page, HasSubstr("| [`" + command.name + "`](#"));
    const std::string own = section(page, command.name);
    EXPECT_NE(own, "") << command.name;
    const bool asks =
        command.name == "status" || command.name == "limits" || command.name == "reload";
    for (const OptionText& option : command.options) {
      const std::string name = option.names.back();
      if (name == "--help") continue;
      const std::string value =
          option.value.empty() ? "" : " " + CLI::detail::find_and_replace(option.value, "|", "\\|");
      EXPECT_THAT(asks ? own + control : own, HasSubstr("`" + name + value + "` |"))
          << command.name;
      if (option.fallback.empty()) continue;
      EXPECT_THAT(own, HasSubstr("`" + option.fallback + "`")) << command.name;
    }
  }
}

TEST(CliDocumentation, HasExamplesThatDoWhatTheySay) {
  test::GatewayProcess gateway(
      "server: {listen: \"127.0.0.1:0\", threads: 1}\n"
      "control: {listen: \"127.0.0.1:0\"}\n"
      "upstreams: {demo: {kind: demo, pace: 1ms}}\nchain: [log]\n");
  ASSERT_TRUE(gateway.started()) << gateway.errors();
  test::FakeControlPlane control;
  auto answer = nlohmann::json::parse(test::kStatus);
  answer.update(nlohmann::json::parse(test::kLimits));
  answer["valid"] = true;  // one answer for status, limits and reload
  control.answer(200, answer.dump());
  const test::Setting setting{.environment = {"PENSTOCK_CONTROL_URL=" + control.url()}};
  const std::string here = " chat --url http://127.0.0.1:" + std::to_string(gateway.port());

  Ended last;
  int examples = 0;
  for (const Block& block : blocks()) {
    if (block.info == "sh run") {
      last = test::bash(CLI::detail::find_and_replace(block.text, " chat", here), setting);
      ++examples;
    } else if (block.info.starts_with("text output")) {
      // Without a number, the data; with one, the exit code and the words.
      const bool fails = block.info != "text output";
      EXPECT_EQ(fails ? last.err : last.out, block.text);
      EXPECT_EQ(last.status, fails ? std::stoi(block.info.substr(12)) : 0) << block.text;
    } else {
      EXPECT_EQ(block.info, "sh show");
    }
  }
  EXPECT_GE(examples, 8);
}

TEST(CliDocumentation, StatesTheVariablesThatTheManualPageStates) {
  const std::string page = documentation();
  std::istringstream manual(test::penstock({"man"}).out);
  bool inside = false;
  int variables = 0;
  for (std::string line; std::getline(manual, line);) {
    if (line.starts_with(".SH")) inside = line == ".SH ENVIRONMENT";
    if (!inside || !line.starts_with("\\fB")) continue;
    EXPECT_THAT(page, HasSubstr("`" + line.substr(3, line.find("\\fR") - 3) + "`"));
    ++variables;
  }
  EXPECT_EQ(variables, 7);
}

}  // namespace
}  // namespace penstock::cli
