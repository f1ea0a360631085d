// docs/faults.md says which test holds which row: it must be there.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>

namespace penstock::test {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// `text` outlives what is found.
std::vector<std::smatch> all_of(const std::string& text, const std::regex& pattern) {
  return {std::sregex_iterator(text.begin(), text.end(), pattern), std::sregex_iterator()};
}

std::string page() {
  return read(fs::path(PENSTOCK_SOURCE_DIR) / "docs" / "faults.md");
}

/// Suite, name and parameter of each test that the page names.
struct Named {
  std::string suite;
  std::string name;
  std::string parameter;
};
std::vector<Named> named_tests(const std::string& text) {
  std::vector<Named> named;
  const std::regex pattern(R"(`([A-Z]\w+)\.([A-Z]\w+)(?:/(\w+))?` \|)");
  for (const std::smatch& match : all_of(text, pattern)) {
    named.push_back({match[1], match[2], match[3]});
  }
  return named;
}

std::vector<std::string> test_sources() {
  std::vector<std::string> sources;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(PENSTOCK_SOURCE_DIR) / "tests")) {
    if (entry.path().extension() == ".cc") sources.push_back(read(entry.path()));
  }
  return sources;
}

/// Names of parameters are put together from several words in some suites: the words count.
bool has_parameter(const std::string& source, const std::string& parameter) {
  if (source.find("\"" + parameter + "\"") != std::string::npos) return true;
  const std::regex word("\"([A-Z][A-Za-z]*)\"");
  std::string rest = parameter;
  for (std::size_t before = 0; before != rest.size();) {
    before = rest.size();
    for (const std::smatch& match : all_of(source, word)) {
      if (rest.starts_with(match[1].str())) rest.erase(0, match[1].length());
    }
  }
  return rest.empty();
}

bool is_in(const std::string& source, const Named& test) {
  const std::regex definition("TEST(_P|_F)?\\(" + test.suite + ",\\s*" + test.name + "\\)");
  return std::regex_search(source, definition) &&
         (test.parameter.empty() || has_parameter(source, test.parameter));
}

TEST(FaultsPage, NamesTestsThatAreThere) {
  const std::string text = page();
  const std::vector<std::string> sources = test_sources();
  const std::vector<Named> named = named_tests(text);
  EXPECT_GT(named.size(), 50u);
  for (const Named& test : named) {
    EXPECT_TRUE(std::any_of(sources.begin(), sources.end(),
                            [&test](const std::string& source) { return is_in(source, test); }))
        << test.suite << "." << test.name << "/" << test.parameter;
  }
}

TEST(FaultsPage, HasEachRow) {
  const std::string text = page();
  std::vector<std::string> rows;
  for (int i = 1; i <= 20; ++i) rows.push_back("D" + std::to_string(i));
  for (int i = 1; i <= 7; ++i) rows.push_back("F" + std::to_string(i));
  for (const int i : {9, 10, 12, 13, 14}) rows.push_back("I" + std::to_string(i));
  for (const std::string& row : rows) {
    EXPECT_NE(text.find("\n| " + row + " | "), std::string::npos) << row;
  }
}

TEST(FaultsPage, LeavesATestOutOnlyWhereItSaysWhatIsMissing) {
  const std::regex without(R"(\n\| \w+ \| [^|]*\| ([^|]*)\| \|)");
  const std::string text = page();
  for (const std::smatch& match : all_of(text, without)) {
    EXPECT_THAT(match[1].str(), ::testing::ContainsRegex("there is n|yet")) << match[0];
  }
}

}  // namespace
}  // namespace penstock::test
