#include "conformance/case_file.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

namespace penstock::test {

namespace {

std::vector<nlohmann::json> read_lines(const std::string& path) {
  std::vector<nlohmann::json> cases;
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) cases.push_back(nlohmann::json::parse(line));
  EXPECT_FALSE(cases.empty()) << "there are no cases in " << path;
  return cases;
}

std::string decode_base64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) break;
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xff));
  }
  return bytes;
}

}  // namespace

std::vector<nlohmann::json> own_cases(std::string_view name) {
  return read_lines(std::string(PENSTOCK_SOURCE_DIR) + "/tests/data/" + std::string(name));
}

std::vector<nlohmann::json> corpus_cases(std::string_view name) {
  const std::string folder = corpora_folder();
  if (folder.empty()) return {};
  return read_lines(folder + "/" + std::string(name));
}

std::string corpora_folder() {
  const char* const folder = std::getenv("PENSTOCK_CORPORA");
  return folder == nullptr ? "" : folder;
}

std::string bytes_of(const nlohmann::json& entry, const char* member) {
  return decode_base64(entry.at(member).get_ref<const std::string&>());
}

}  // namespace penstock::test
