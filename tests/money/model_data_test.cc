#include "money/model_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"
#include "support/temp_folder.h"

namespace penstock {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* kTokens = "families: {house: {models: ['*'], encoding: cl100k_base}}\n";
constexpr const char* kPrices = "prices: [{models: [m], input: 1, output: 2}]\n";

/// A configuration with files beside it.
struct Folder {
  std::shared_ptr<const ModelData> load(const std::string& model_data) {
    folder.write("p.yaml", "upstreams: {demo: {kind: demo}}\n" + model_data);
    diagnostics = {};
    config = config::load_file(folder.path() + "/p.yaml", config::process_environment, diagnostics);
    return diagnostics.ok() ? ModelData::load(config.model_data, diagnostics) : nullptr;
  }
  std::string errors() const { return config::to_text(diagnostics); }

  test::TempFolder folder;
  config::Diagnostics diagnostics;
  config::Config config;
};

TEST(ModelData, IsThatOfTheProgramWhereNothingIsSaid) {
  Folder f;
  for (const char* text : {"", "model_data:\n", "model_data: {}\n"}) {
    EXPECT_EQ(f.load(text), ModelData::builtin()) << f.errors();
  }
  EXPECT_EQ(ModelData::builtin()->tokens.find("gpt-4").family, "gpt-4");
  EXPECT_NE(ModelData::builtin()->prices.find("gpt-4"), nullptr);
}

TEST(ModelData, TakesTheFilesThatLieBesideTheConfiguration) {
  Folder f;
  const std::string tokens = f.folder.write("t.yaml", kTokens);
  const std::string prices = f.folder.write("p2.yaml", kPrices);
  const auto both = f.load("model_data: {tokens: t.yaml, prices: ./p2.yaml}\n");
  ASSERT_TRUE(both) << f.errors();
  EXPECT_EQ(both->tokens.find("gpt-4o").family, "house");
  EXPECT_NE(both->prices.find("m"), nullptr);
  EXPECT_EQ(both->prices.find("gpt-4o"), nullptr);
  EXPECT_THAT(f.config.files, Contains(tokens));
  EXPECT_THAT(f.config.files, Contains(prices));
}

TEST(ModelData, TakesOneFileAndKeepsTheOtherOfTheProgram) {
  Folder f;
  f.folder.write("t.yaml", kTokens);
  const auto data = f.load("model_data: {tokens: " + f.folder.path() + "/t.yaml}\n");
  ASSERT_TRUE(data) << f.errors();
  EXPECT_EQ(data->tokens.find("gpt-4o").family, "house");
  EXPECT_NE(data->prices.find("gpt-4o"), nullptr);
}

TEST(ModelData, SaysWhereItsFilesAreWrong) {
  Folder f;
  f.folder.write("t.yaml", "families: {house: {models: ['*'], encodin: cl100k_base}}\n");
  f.folder.write("m.yaml", "prices:\n  - {models: [m], input: -1, output: 2}\n");
  EXPECT_FALSE(f.load("model_data: {tokens: t.yaml, prices: m.yaml}\n"));
  EXPECT_THAT(f.errors(), HasSubstr("/t.yaml:1:35: families.house.encodin: unknown key"));
  EXPECT_THAT(f.errors(), HasSubstr("/m.yaml:2:26: prices[0].input: expected dollars"));
}

TEST(ModelData, SaysWhichFileIsMissingAndListsItForTheWatcher) {
  Folder f;
  EXPECT_FALSE(f.load("model_data: {prices: gone.yaml}\n"));
  EXPECT_THAT(f.errors(), HasSubstr("p.yaml:2:22: model_data.prices: cannot read `"));
  EXPECT_THAT(f.errors(), HasSubstr("gone.yaml`: No such file or directory\n"));
  EXPECT_THAT(f.config.files, Contains(f.folder.path() + "/gone.yaml"));
}

TEST(ModelData, RefusesAFileThatIsTooLong) {
  Folder f;
  f.folder.write("t.yaml", std::string((1 << 20) + 1, '#'));
  EXPECT_FALSE(f.load("model_data: {tokens: t.yaml}\n"));
  EXPECT_THAT(f.errors(), HasSubstr("cannot read the file: it is longer than 1024 KiB"));
}

}  // namespace
}  // namespace penstock
