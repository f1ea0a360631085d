#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/schema_keys.h"
#include "config/support.h"
#include "support/temp_folder.h"

// docs/configuration.md is held against the loader and the schema.

namespace penstock::config::testing {
namespace {

using ::testing::HasSubstr;

struct Block {
  std::string info;  // what stands behind the fence: "yaml", "yaml invalid", "text"
  std::string text;
};

std::vector<Block> blocks_of_documentation() {
  std::istringstream lines(read_source_file("docs/configuration.md"));
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

std::string errors_of(std::string yaml, const std::string& file = "penstock.yaml") {
  const bool whole = ("\n" + yaml).find("\nupstreams:") != std::string::npos;
  if (!whole) yaml += "upstreams: {demo: {kind: demo}}\n";  // an excerpt
  Diagnostics diagnostics;
  load(yaml, file, environment, diagnostics);
  return to_text(diagnostics);
}

TEST(Documentation, HasExamplesThatLoad) {
  int examples = 0;
  for (const Block& block : blocks_of_documentation()) {
    if (block.info != "yaml") continue;
    ++examples;
    EXPECT_EQ(errors_of(block.text), "") << block.text;
  }
  EXPECT_GE(examples, 5);
}

/// Makes the files that the lines `..._file: NAME` and `...: NAME.yaml` of an example name.
void make_named_files(const std::string& yaml, const test::TempFolder& folder) {
  std::istringstream lines(yaml);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key, name;
    words >> key >> name;
    if (key.ends_with("_file:") || name.ends_with(".yaml")) folder.write(name, "PEM");
  }
}

TEST(Documentation, HasExamplesThatLoadWhereTheirFilesAre) {
  int examples = 0;
  for (const Block& block : blocks_of_documentation()) {
    if (block.info != "yaml files") continue;
    ++examples;
    const test::TempFolder folder;
    const std::string file = folder.path() + "/penstock.yaml";
    EXPECT_NE(errors_of(block.text, file), "");
    make_named_files(block.text, folder);
    EXPECT_EQ(errors_of(block.text, file), "") << block.text;
  }
  EXPECT_GE(examples, 1);
}

TEST(Documentation, ShowsTheErrorsThatReallyCome) {
  const std::vector<Block> blocks = blocks_of_documentation();
  int examples = 0;
  for (std::size_t i = 0; i + 1 < blocks.size(); ++i) {
    if (blocks[i].info != "yaml invalid") continue;
    ++examples;
    EXPECT_EQ(blocks[i + 1].info, "text");
    EXPECT_EQ(errors_of(blocks[i].text), blocks[i + 1].text);
  }
  EXPECT_GE(examples, 1);
}

TEST(Documentation, HasARowForEveryKeyWithItsDefault) {
  const std::string text = read_source_file("docs/configuration.md");
  for (const SchemaKey& key : schema_keys()) {
    if (key.is_map) continue;
    const std::size_t at = text.find("\n| `" + key.name() + "` | ");
    ASSERT_NE(at, std::string::npos) << key.name();
    const std::string row = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    EXPECT_EQ(std::count(row.begin(), row.end(), '|'), 5) << row;
    if (!key.schema.contains("default")) continue;
    const auto value = as_texts(key.schema["default"]);
    const std::string spelt = value.is_string() ? value.get<std::string>() : "[exchange]";
    EXPECT_THAT(row, HasSubstr("| `" + spelt + "` |")) << key.name();
  }
}

}  // namespace
}  // namespace penstock::config::testing
