#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "json/document.h"
#include "json/padded.h"

namespace penstock::json {
namespace {

std::string decode_base64(const std::string& text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  EXPECT_EQ(static_cast<std::size_t>(size), bytes.size());
  const std::size_t fill = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(bytes.size() - fill);
  return bytes;
}

bool accepted(const std::string& base64) {
  return refusal(decode_base64(base64)).empty();
}

nlohmann::json choices() {
  std::ifstream file(std::string(PENSTOCK_SOURCE_DIR) +
                     "/tests/data/json/implementation_defined.json");
  return nlohmann::json::parse(file);
}

TEST(ImplementationDefined, HoldsAsWrittenDown) {
  const auto table = choices();
  ASSERT_EQ(table.size(), 35U);
  for (const auto& row : table) {
    EXPECT_EQ(accepted(row.at("b64")), row.at("accept").get<bool>()) << row.at("name");
  }
}

TEST(ParsingCorpus, AgreesOnEveryText) {
  const char* corpora = std::getenv("PENSTOCK_CORPORA");
  if (corpora == nullptr) GTEST_SKIP() << "PENSTOCK_CORPORA does not name the corpora folder";
  std::ifstream file(std::filesystem::path(corpora) / "json/parsing.jsonl");
  int texts = 0;
  for (std::string line; std::getline(file, line);) {
    const auto row = nlohmann::json::parse(line);
    if (row.at("expect") == "i") continue;
    ++texts;
    EXPECT_EQ(accepted(row.at("b64")), row.at("expect") == "y") << row.at("name");
  }
  EXPECT_EQ(texts, 283);
}

}  // namespace
}  // namespace penstock::json
