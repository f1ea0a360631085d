#include "tokens/tables/vocabulary_file.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include <openssl/evp.h>

namespace penstock::tokens::tables {

namespace {

std::string sha256_of(const std::string& bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    fail("cannot compute a SHA-256");
  }
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 0xF];
  }
  return hex;
}

std::string decode_base64(const std::string& text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size != static_cast<int>(bytes.size())) fail("no base64: " + text);
  const std::size_t fill = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(bytes.size() - fill);
  return bytes;
}

}  // namespace

void fail(const std::string& message) {
  std::fprintf(stderr, "make_token_tables: %s\n", message.c_str());
  std::exit(1);
}

std::vector<std::string> read_vocabulary(const std::string& path, std::string_view sha256) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (sha256_of(text) != sha256) {
    fail(path + " is not the official file; remove it and run scripts/ranks");
  }
  std::vector<std::string> tokens;
  std::istringstream lines(text);
  std::string base64;
  for (std::size_t rank = 0; lines >> base64 >> rank;) {
    tokens.resize(rank + 1);
    tokens[rank] = decode_base64(base64);
  }
  return tokens;
}

}  // namespace penstock::tokens::tables
