// Tables of JSON through the client port: what is no JSON is refused and reaches nobody, what is
// JSON is never called otherwise, and what the gateway does not know travels byte for byte. Where
// the standard leaves the choice, docs/json.md says what we chose, and this holds it to its word.

#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/case_file.h"
#include "integration/fixture.h"

namespace penstock::test {
namespace {

using nlohmann::json;

constexpr std::string_view kNoJson = "not valid JSON";

/// The choices of docs/json.md by the name of the case.
std::map<std::string, bool> choices() {
  std::map<std::string, bool> table;
  std::ifstream page(std::string(PENSTOCK_SOURCE_DIR) + "/docs/json.md");
  for (std::string line; std::getline(page, line);) {
    const std::size_t end = line.find("` |", 3);
    if (!line.starts_with("| `") || end == std::string::npos) continue;
    const bool taken = line.find("| taken |", end) != std::string::npos;
    EXPECT_NE(taken, line.find("| refused |", end) != std::string::npos) << line;
    EXPECT_TRUE(table.emplace(line.substr(3, end - 3), taken).second) << line;
  }
  EXPECT_FALSE(table.empty()) << "docs/json.md has no table";
  return table;
}

class JsonDoor : public testing::Test {
 protected:
  void SetUp() override {
    setup_.provider.on_every_request([](auto& c) { c.send(json_reply(200, kAnswer)); });
  }

  void judge(const json& entry, bool taken) {
    SCOPED_TRACE(entry.at("name"));
    const std::string body = bytes_of(entry, "b64");
    const std::size_t before = setup_.provider.requests().size();
    const Message answer = fetch(setup_.gateway.port(), post(kChat, body, kKey));
    const auto requests = setup_.provider.requests();
    const bool called_no_json = answer.body.find(kNoJson) != std::string::npos;
    if (!taken) {
      EXPECT_EQ(answer.status(), 400) << answer.body;
      EXPECT_EQ(requests.size(), before) << "it reached the provider";
      return;
    }
    EXPECT_FALSE(called_no_json) << answer.body;
    EXPECT_TRUE(answer.status() == 200 || answer.status() == 400) << answer.start_line;
    ASSERT_EQ(requests.size() - before, answer.status() == 200 ? 1U : 0U);
    if (answer.status() == 200) {
      EXPECT_EQ(requests.back().body, body);
    }
    if (entry.value("forwarded", false)) {
      EXPECT_EQ(answer.status(), 200) << answer.body;
    }
  }

  void judge_all(const std::vector<json>& cases) {
    const auto table = choices();
    for (const json& entry : cases) {
      const std::string expect = entry.at("expect");
      std::string name = entry.at("name");
      if (name.ends_with(".json")) name.resize(name.size() - 5);  // of the corpus: i_NAME.json
      if (name.starts_with("i_")) name.erase(0, 2);
      const auto choice = table.find(name);
      if (expect == "i") {
        EXPECT_NE(choice, table.end()) << "docs/json.md does not tell the choice for " << name;
      }
      judge(entry, expect == "i" ? choice != table.end() && choice->second : expect == "y");
    }
  }

  Deployment setup_;
};

TEST_F(JsonDoor, HoldsItsTable) {
  judge_all(own_cases("json/door.jsonl"));
}

TEST_F(JsonDoor, ChoosesAsWrittenDown) {
  std::ifstream file(std::string(PENSTOCK_SOURCE_DIR) +
                     "/tests/data/json/implementation_defined.json");
  std::vector<json> cases = json::parse(file);
  EXPECT_EQ(cases.size(), 35U);
  for (json& entry : cases) entry["expect"] = "i";
  judge_all(cases);
}

TEST_F(JsonDoor, HoldsTheCorpus) {
  const auto cases = corpus_cases("json/parsing.jsonl");
  if (cases.empty()) GTEST_SKIP() << "PENSTOCK_CORPORA is not set";
  judge_all(cases);
}

}  // namespace
}  // namespace penstock::test
