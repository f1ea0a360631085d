// The examples of the documentation are what a user copies first: each must work.

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "chain/chain.h"
#include "config/config.h"
#include "limits/memory_store.h"
#include "log/log.h"
#include "metrics/metrics.h"

namespace penstock {
namespace {

const std::filesystem::path kDocs = std::filesystem::path(PENSTOCK_SOURCE_DIR) / "docs";

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The fenced blocks of a page with that info string.
std::vector<std::string> blocks(const std::string& page, const std::string& info) {
  std::vector<std::string> found;
  const std::string fence = "```" + info + "\n";
  for (std::size_t at = page.find(fence); at != std::string::npos; at = page.find(fence, at)) {
    at += fence.size();
    const std::size_t end = page.find("\n```", at);
    found.push_back(page.substr(at, end + 1 - at));
  }
  return found;
}

/// A block as the chain of a configuration: it may be the whole member or items of the list.
std::string as_configuration(const std::string& block) {
  const std::string upstreams = "upstreams: {demo: {kind: demo}}\n";
  return upstreams + (block.starts_with("chain:") ? "" : "chain:\n") + block;
}

class DocumentedChain : public ::testing::TestWithParam<const char*> {};

TEST_P(DocumentedChain, CanBeBuilt) {
  const auto examples = blocks(read(kDocs / GetParam()), "yaml");
  EXPECT_FALSE(examples.empty());
  const auto log = std::move(*Log::open({.file = "/dev/null"}, system_clock()));
  limits::MemoryStore meters(system_clock());
  Metrics metrics;
  for (const std::string& example : examples) {
    config::Diagnostics diagnostics;
    const config::Config loaded = config::load(
        as_configuration(example), GetParam(),
        [](const std::string& name) { return std::optional("value-of-" + name); }, diagnostics);
    Chain::build(loaded.chain, interceptor_kinds(), diagnostics,
                 {system_clock(), *log, meters, metrics});
    EXPECT_TRUE(diagnostics.ok()) << config::to_text(diagnostics) << example;
  }
}

INSTANTIATE_TEST_SUITE_P(Pages, DocumentedChain,
                         ::testing::Values("interceptors.md", "json-schema.md", "limits.md"));

TEST(DocumentedJson, IsJson) {
  for (const char* page : {"interceptors.md", "json-schema.md", "limits.md"}) {
    for (const std::string& example : blocks(read(kDocs / page), "json")) {
      EXPECT_TRUE(nlohmann::json::accept(example)) << page << ": " << example;
    }
  }
}

}  // namespace
}  // namespace penstock
