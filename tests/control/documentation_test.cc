#include <array>
#include <cstdio>
#include <sstream>
#include <sys/wait.h>
#include <vector>

#include <gtest/gtest.h>

#include "control/endpoints.h"
#include "control/fixture.h"
#include "control/openapi_document.h"

// The examples of docs/control.md are run as a reader would.

namespace penstock::control::testing {
namespace {

using nlohmann::json;

struct Block {
  std::string info;  // what stands behind the fence: "sh run", "json"
  std::string text;
};

std::vector<Block> blocks_of_documentation() {
  std::istringstream lines(read_source_file("docs/control.md"));
  std::vector<Block> blocks;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    const bool fence = line.starts_with("```");
    if (fence && !inside) blocks.push_back({line.substr(3), ""});
    if (!fence && inside) blocks.back().text += line + "\n";
    if (fence) inside = !inside;
  }
  EXPECT_FALSE(inside);
  return blocks;
}

/// The JSON block behind the first block that has all these texts.
json answer_shown_for(std::string_view info, std::string_view command) {
  const std::vector<Block> blocks = blocks_of_documentation();
  for (std::size_t i = 0; i + 1 < blocks.size(); ++i) {
    const bool found = blocks[i].info == info && blocks[i + 1].info == "json" &&
                       blocks[i].text.find(command) != std::string::npos &&
                       blocks[i].text.find("Bearer") != std::string::npos;
    if (found) return json::parse(blocks[i + 1].text);
  }
  ADD_FAILURE() << "no answer is shown for " << command;
  return nullptr;
}

/// What a shell prints for a command, and the words of curl if that failed.
std::string run(const std::string& command) {
  const std::string script = "set -euo pipefail\ncurl() { command curl -sS \"$@\"; }\n" + command;
  std::string quoted = "'";
  for (const char c : script) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  FILE* pipe = ::popen(("bash -c " + quoted + "' 2>&1").c_str(), "r");
  std::string output;
  std::array<char, 4096> buffer;
  for (std::size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    output.append(buffer.data(), got);
  }
  const int status = ::pclose(pipe);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << command << output;
  return output;
}

/// The command as it is for this control plane.
std::string here(std::string command, std::uint16_t port) {
  constexpr std::string_view kDocumented = "http://127.0.0.1:4001";
  for (std::size_t at; (at = command.find(kDocumented)) != std::string::npos;) {
    command.replace(at, kDocumented.size(), "http://localhost:" + std::to_string(port));
  }
  return "PENSTOCK_ADMIN_KEY=" + std::string(kAdminKey) + "\n" + command;
}

std::optional<std::string> nothing_is_set(const std::string&) {
  return std::nullopt;
}

/// What the page shows of a gateway, which checks in earnest.
FakeOperations documented(const std::atomic<bool>& draining) {
  FakeOperations operations;
  operations.on_status = [] { return answer_shown_for("sh run", "/v1/status"); };
  operations.on_limits = [] { return answer_shown_for("sh run", "/v1/limits"); };
  operations.on_not_ready = [&draining] {
    return draining ? std::vector<std::string>{"draining"} : std::vector<std::string>{};
  };
  operations.on_check = [](std::string_view yaml) {
    config::Diagnostics diagnostics;
    config::load(yaml, "request", nothing_is_set, diagnostics);
    return diagnostics;
  };
  return operations;
}

/// It is complete before it serves: a thread that serves another process is not seen to wait for
/// this one.
class Documented : public ControlPlane {
 public:
  Documented() : ControlPlane(kAdminKey, documented(draining)) {}
  std::atomic<bool> draining = false;
};

TEST(ControlDocumentation, ShowsTheAnswersThatReallyCome) {
  Documented control;
  const std::vector<Block> blocks = blocks_of_documentation();
  int compared = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].info == "json") continue;
    ASSERT_TRUE(blocks[i].info == "sh run" || blocks[i].info == "sh run draining")
        << blocks[i].info;
    control.draining = blocks[i].info == "sh run draining";
    const std::string output = run(here(blocks[i].text, control.port()));
    EXPECT_EQ(output.find("curl: "), std::string::npos) << output;
    if (i + 1 == blocks.size() || blocks[i + 1].info != "json") continue;
    ++compared;
    EXPECT_EQ(json::parse(output), json::parse(blocks[i + 1].text)) << blocks[i].text;
  }
  EXPECT_EQ(compared, 8);
}

void collect_names(const json& node, std::set<std::string>& names) {
  if (node.is_object()) {
    for (const auto& [name, member] : node.items()) names.insert(name);
  }
  if (!node.is_structured()) return;
  for (const json& member : node) collect_names(member, names);
}

TEST(ControlDocumentation, ShowsReportsOfTheDescribedShape) {
  const std::map<std::string, std::vector<std::string>> kReports{
      {"/v1/status", {"Status"}}, {"/v1/limits", {"Limits", "Limit"}}};
  for (const auto& [path, schemas] : kReports) {
    const json report = answer_shown_for("sh run", path);
    EXPECT_EQ(misfit(schemas.front(), report.dump()), std::nullopt);
    // Without `properties` a validator lets everything through, so the names are compared too.
    std::set<std::string> shown;
    collect_names(report, shown);
    std::set<std::string> described;
    for (const std::string& schema : schemas) {
      collect_names(openapi()["components"]["schemas"][schema], described);
    }
    for (const std::string& name : shown) EXPECT_TRUE(described.contains(name)) << name;
  }
}

TEST(ControlDocumentation, HasARowForEveryEndpoint) {
  const std::string page = read_source_file("docs/control.md");
  for (const Endpoint& each : endpoints()) {
    const std::string method(each.methods.substr(0, each.methods.find(',')));
    const std::string start = "\n| `" + method + " " + std::string(each.path) + "` | ";
    const std::size_t at = page.find(start);
    ASSERT_NE(at, std::string::npos) << start;
    const std::string row = page.substr(at + 1, page.find('\n', at + 1) - at - 1);
    const bool open = each.audience == Audience::kEverybody;
    EXPECT_TRUE(row.ends_with(open ? "| everybody |" : "| operators |")) << row;
  }
}

}  // namespace
}  // namespace penstock::control::testing
