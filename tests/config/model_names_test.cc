#include "config/model_names.h"

#include <string>

#include <gtest/gtest.h>

#include "config/config.h"
#include "support/config_node.h"

namespace penstock::config {
namespace {

/// Entries 0, 1, ... with these members `models`.
struct Table {
  explicit Table(std::initializer_list<std::string> entries) {
    for (const std::string& models : entries) {
      const Node node = test::config_node("models: " + models);
      MapReader map(node, diagnostics);
      names.read(map, size++);
    }
  }
  std::string errors() const { return to_text(diagnostics); }

  Diagnostics diagnostics;
  ModelNames names;
  std::size_t size = 0;
};

TEST(ModelNames, PreferTheExactNameThenTheLongestBeginning) {
  const Table table{"[gpt-4o*, x]", "gpt-4o-mini", "[gpt-4o-mini-*]"};
  EXPECT_EQ(table.errors(), "");
  EXPECT_EQ(table.names.find("gpt-4o"), 0u);
  EXPECT_EQ(table.names.find("gpt-4o-m"), 0u);
  EXPECT_EQ(table.names.find("gpt-4o-mini"), 1u);
  EXPECT_EQ(table.names.find("gpt-4o-mini-2"), 2u);
  EXPECT_EQ(table.names.find("GPT-4O-Mini"), 1u);
  EXPECT_EQ(table.names.find("x"), 0u);
}

TEST(ModelNames, LookBehindTheLastSlashWhereTheWholeNameIsUnknown) {
  const Table table{"[gpt-4o]", "[azure/gpt-4o, 'eu/*']"};
  EXPECT_EQ(table.names.find("openai/gpt-4o"), 0u);
  EXPECT_EQ(table.names.find("a/b/gpt-4o"), 0u);
  EXPECT_EQ(table.names.find("azure/gpt-4o"), 1u);
  EXPECT_EQ(table.names.find("eu/gpt-4o"), 1u);
  EXPECT_EQ(table.names.find("gpt-4o/"), std::nullopt);
}

TEST(ModelNames, TakeWhatIsLeftOnlyWhereAnEntrySaysSo) {
  const Table none{"[a]"};
  EXPECT_FALSE(none.names.takes_all());
  EXPECT_EQ(none.names.find("b"), std::nullopt);
  EXPECT_EQ(none.names.find(""), std::nullopt);
  const Table all{"[a]", "['*']"};
  EXPECT_TRUE(all.names.takes_all());
  EXPECT_EQ(all.names.find("b"), 1u);
  EXPECT_EQ(all.names.find("x/a"), 0u);
  EXPECT_EQ(all.names.find(""), 1u);
}

TEST(ModelNames, RefuseWhatNobodyCouldMeet) {
  for (const char* name : {"GPT-4", "a*b", "", "**"}) {
    const std::string text(name);
    EXPECT_EQ(Table{"'" + text + "'"}.errors(),
              "test.yaml:1:9: models: `" + text +
                  "`: write a name in lower case, with `*` at its end alone\n");
  }
}

TEST(ModelNames, RefuseANameTwiceAndSayWhereItStands) {
  EXPECT_EQ((Table{"[a, b*]", "[b, a]"}.errors()),
            "test.yaml:1:13: models[1]: `a` stands in line 1 already; remove one of them\n");
}

TEST(ModelNames, RefuseEntriesWithoutAny) {
  Diagnostics diagnostics;
  const Node node = test::config_node("{}");
  ModelNames names;
  {
    MapReader map(node, diagnostics);
    names.read(map, 0);
  }
  EXPECT_EQ(to_text(diagnostics), "test.yaml:1:1: `models` is missing\n");
}

}  // namespace
}  // namespace penstock::config
