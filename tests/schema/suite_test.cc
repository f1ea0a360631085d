#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "schema/verdict.h"

namespace penstock::schema::test {
namespace {

using nlohmann::json;

struct Tally {
  int agreed = 0;
  int refused = 0;                 // schemas
  std::set<std::string> complete;  // files without a refused schema
};

// A refusal is right only when it names something that the documentation lists as unsupported.
bool is_expected_refusal(const std::string& detail) {
  for (const char* reason : {"unsupported keyword", "unsupported dialect", "unsupported reference",
                             "unsupported pattern"}) {
    if (detail.find(reason) != std::string::npos) return true;
  }
  return false;
}

void run_group(const json& group, const std::string& file, Tally& tally) {
  const auto schema = Schema::compile(group["schema"].dump());
  const std::string name = file + ": " + group["description"].get<std::string>();
  if (!schema) {
    EXPECT_TRUE(is_expected_refusal(schema.error().detail)) << name << schema.error().detail;
    ++tally.refused;
    tally.complete.erase(file);
    return;
  }
  for (const json& test : group["tests"]) {
    const bool valid = !verdict(*schema, test["data"].dump());
    EXPECT_EQ(valid, test["valid"].get<bool>()) << name << ": " << test["description"];
    ++tally.agreed;
  }
}

TEST(OfficialSuite, AgreesWhereverTheSchemaIsSupported) {
  const char* corpora = std::getenv("PENSTOCK_CORPORA");
  if (corpora == nullptr) GTEST_SKIP() << "PENSTOCK_CORPORA does not name the corpora folder";
  const std::filesystem::path folder =
      std::filesystem::path(corpora) / "json-schema/draft2020-12/required";
  Tally tally;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream stream(entry.path());
    const std::string file = entry.path().stem();
    tally.complete.insert(file);
    for (const json& group : json::parse(stream)) run_group(group, file, tally);
  }
  RecordProperty("agreed", tally.agreed);
  RecordProperty("refused", tally.refused);
  for (const char* file :
       {"boolean_schema", "const", "enum", "exclusiveMaximum", "exclusiveMinimum",
        "infinite-loop-detection", "maxItems", "maxLength", "maxProperties", "maximum", "minItems",
        "minLength", "minProperties", "minimum", "oneOf", "required", "type"}) {
    EXPECT_TRUE(tally.complete.contains(file)) << file;
  }
  EXPECT_GE(tally.agreed, 540);  // of 1,299
}

}  // namespace
}  // namespace penstock::schema::test
