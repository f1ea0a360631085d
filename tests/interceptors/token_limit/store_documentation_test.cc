// The examples of docs/limits-across-processes.md, as far as they are about the store.

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/yaml.h"
#include "interceptors/token_limit/store_options.h"
#include "limits/remote/backend.h"
#include "support/config_node.h"
#include "support/temp_folder.h"

namespace penstock::token_limit::test {
namespace {

std::string page() {
  std::ifstream file(PENSTOCK_SOURCE_DIR "/docs/limits-across-processes.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(DocumentedStore, ExamplesCanBeRead) {
  const penstock::test::TempFolder folder;
  folder.write("store-ca.pem", "here it is only looked at");
  const std::string text = page();
  const std::string fence = "```yaml\n";
  std::size_t examples = 0;
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at + 1)) {
    const std::size_t begin = at + fence.size();
    const std::string yaml = text.substr(begin, text.find("```", begin) - begin);
    config::Diagnostics diagnostics;
    const auto node = config::parse_yaml(yaml, folder.path() + "/penstock.yaml", diagnostics);
    ASSERT_TRUE(node) << yaml;
    config::MapReader chain(*node, diagnostics);
    const config::Node* const options = chain.required("token_limit");
    ASSERT_NE(options, nullptr) << yaml;
    config::MapReader map(*options, diagnostics);
    EXPECT_NE(map.find("limits"), nullptr);
    EXPECT_TRUE(read_store(map).remote) << yaml;
    EXPECT_THAT(penstock::test::messages(diagnostics), testing::ElementsAre()) << yaml;
    ++examples;
  }
  EXPECT_EQ(examples, 2U);
}

TEST(DocumentedStore, SettingsAndDefaultsAreThoseOfTheCode) {
  const std::string text = page();
  const limits::RemoteOptions defaults;
  EXPECT_EQ(defaults.timeout, std::chrono::milliseconds(50));
  EXPECT_EQ(defaults.hold, std::chrono::seconds(30));
  EXPECT_EQ(defaults.prefix, "penstock");
  for (const char* row : {"| `timeout` | `50ms` |", "| `hold` | `30s` |",
                          "| `prefix` | `penstock` |", "| `lease` | `true` |"}) {
    EXPECT_THAT(text, testing::HasSubstr(row));
  }
}

TEST(DocumentedStore, MetricsAreThoseOfTheCode) {
  const std::string text = page();
  using namespace limits::remote;
  for (const MetricFamily* family : {&kStoreRoundTrips, &kStoreBreakerOpen, &kStoreJournal,
                                     &kStoreJournalLost, &kStoreProcesses}) {
    const bool counter = family->type == MetricFamily::Type::kCounter;
    EXPECT_THAT(text, testing::HasSubstr("| `" + std::string(family->name) + "` | " +
                                         (counter ? "counter" : "gauge") + " |"));
  }
}

}  // namespace
}  // namespace penstock::token_limit::test
