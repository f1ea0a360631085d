// Texts and their tokens by OpenAI's own tokenizer: each has to come out exactly.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include "tokens/encoding.h"

namespace penstock::tokens {
namespace {

using nlohmann::json;

/// The texts that are too long for the file are described: see the README of the large tables.
std::string generate(const json& gen) {
  std::string text;
  if (gen.contains("repeat")) {
    for (int i = gen.at("times"); i > 0; --i)
      text += gen.at("repeat").get_ref<const std::string&>();
  } else if (gen.contains("concat")) {
    for (const json& part : gen.at("concat")) text += generate(part);
  } else {
    const auto items = gen.at("pick").get<std::vector<std::string>>();
    std::uint64_t x = gen.at("seed");
    for (int i = gen.at("times"); i > 0; --i) {
      x = x * 6364136223846793005u + 1442695040888963407u;
      text += items[(x >> 33) % items.size()];
    }
  }
  return text;
}

std::string sha256_of(const std::vector<TokenId>& ids) {
  std::string bytes;
  for (const TokenId id : ids) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
      bytes += static_cast<char>(static_cast<unsigned char>(id >> shift));
    }
  }
  unsigned char digest[32];
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr);
  std::string hex;
  for (const unsigned char byte : digest) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 0xF];
  }
  return hex;
}

void check(const json& row) {
  const Encoding* encoding = Encoding::find(row.at("encoding").get_ref<const std::string&>());
  ASSERT_NE(encoding, nullptr) << row;
  const bool described = row.contains("gen");
  const std::string text = described ? generate(row.at("gen")) : row.at("text").get<std::string>();
  const std::vector<TokenId> ids = encoding->encode(text);
  if (described) {
    ASSERT_EQ(sha256_of(ids), row.at("ids_sha256")) << row;
    ASSERT_EQ(ids.size(), row.at("count")) << row;
  } else {
    ASSERT_EQ(json(ids), row.at("ids")) << row;
  }
  ASSERT_EQ(encoding->count(text), ids.size()) << row;
  ASSERT_TRUE(encoding->decode(ids) == text) << row;
}

int check_all(const std::filesystem::path& path) {
  std::ifstream file(path);
  int rows = 0;
  for (std::string line; std::getline(file, line); ++rows) check(json::parse(line));
  return rows;
}

TEST(TokenVectors, OwnTextsComeOutAsTiktokenSays) {
  EXPECT_EQ(
      check_all(std::filesystem::path(PENSTOCK_SOURCE_DIR) / "tests/data/tokens/vectors.jsonl"),
      1616);
}

TEST(TokenVectors, TheCorpusComesOutAsTiktokenSays) {
  const char* corpora = std::getenv("PENSTOCK_CORPORA");
  if (corpora == nullptr) GTEST_SKIP() << "PENSTOCK_CORPORA does not name the corpora folder";
  EXPECT_EQ(check_all(std::filesystem::path(corpora) / "tokens/vectors.jsonl"), 1232);
}

}  // namespace
}  // namespace penstock::tokens
