#include "schema/suite.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "json/document.h"
#include "json/scan.h"

namespace penstock::schema::test {

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// Behind the value that starts at `at`.
std::size_t skip_value(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    const bool closes = c == ']' || c == '}';
    if (depth == 0 && (closes || c == ',' || json::is_space(c))) break;
    if (c == '[' || c == '{') ++depth;
    if (closes) --depth;
    at = c == '"' ? json::skip_string(text, at) : at + 1;
    if (depth == 0 && (closes || c == '"')) break;
  }
  return at;
}

// The items of an array as they are spelled, since a DOM would round their numbers.
std::vector<std::string_view> items_of(std::string_view array) {
  std::vector<std::string_view> items;
  std::size_t at = array.find('[') + 1;
  while (true) {
    at = json::skip_space(array, at);
    if (at >= array.size() || array[at] == ']') return items;
    if (array[at] == ',') at = json::skip_space(array, at + 1);
    const std::size_t end = skip_value(array, at);
    items.push_back(array.substr(at, end - at));
    at = end;
  }
}

std::string_view member(std::string_view object, std::string_view key) {
  const auto span = json::find_member(object, key);
  return span ? object.substr(span->at, span->size) : std::string_view();
}

std::string text_member(std::string_view object, std::string_view key) {
  return nlohmann::json::parse(member(object, key)).get<std::string>();
}

SuiteGroup read_group(const std::string& file, std::string_view text) {
  SuiteGroup group;
  group.name = file + ": " + text_member(text, "description");
  group.schema = member(text, "schema");
  for (const std::string_view test : items_of(member(text, "tests"))) {
    group.cases.push_back({text_member(test, "description"), std::string(member(test, "data")),
                           member(test, "valid") == "true"});
  }
  return group;
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_left_out(const std::string& name, const std::vector<std::string>& left_out) {
  return std::any_of(left_out.begin(), left_out.end(),
                     [&](const std::string& start) { return name.starts_with(start); });
}

void run_group(const SuiteGroup& group, const CompileOptions& options,
               const std::vector<std::string>& left_out, Tally& tally) {
  const auto schema = Schema::compile(group.schema, options);
  for (const SuiteGroup::Case& test : group.cases) {
    const std::string name = group.name + ": " + test.name;
    if ((!schema || !test.valid) && is_left_out(name, left_out)) {
      ++tally.left_out;
      continue;
    }
    if (!schema) {
      tally.faults.push_back(name + ": " + schema.error().detail);
      continue;
    }
    const auto violation = schema->validate_text(test.instance);
    if (!violation) {
      tally.faults.push_back(name + ": " + violation.error().public_message);
    } else if (violation->has_value() == test.valid) {
      tally.faults.push_back(name + ": " + (*violation ? (*violation)->message : "it fits"));
    } else {
      ++tally.agreed;
    }
  }
}

}  // namespace

std::optional<Suite> Suite::find() {
  Suite suite;
  const char* corpora = std::getenv("PENSTOCK_CORPORA");
  suite.corpora_ = corpora != nullptr;
  suite.root_ = suite.corpora_ ? fs::path(corpora) / "json-schema"
                               : fs::path(PENSTOCK_SOURCE_DIR) /
                                     "build/json-schema-suite/usr/share/perl5/auto/share/dist/"
                                     "Test-JSON-Schema-Acceptance";
  if (!fs::is_directory(suite.root_)) return std::nullopt;
  return suite;
}

fs::path Suite::folder_of(Draft draft, const std::string& folder) const {
  const std::string name = draft == Draft::k7 ? "draft7" : "draft2020-12";
  if (corpora_) return root_ / name / folder;
  const fs::path top = root_ / "tests" / name;
  if (folder == "required") return top;
  return folder == "optional" ? top / "optional" : top / "optional/format";
}

std::vector<SuiteGroup> Suite::groups(Draft draft, const std::string& folder) const {
  std::vector<SuiteGroup> groups;
  const fs::path top = folder_of(draft, folder);
  for (const fs::path& file : files_below(top)) {
    if (file.parent_path() != top) continue;
    const std::string text = read(file);
    for (const std::string_view group : items_of(text)) {
      groups.push_back(read_group(file.stem(), group));
    }
  }
  return groups;
}

Documents Suite::documents() const {
  Documents documents;
  const fs::path remotes = root_ / "remotes";
  for (const fs::path& file : files_below(remotes)) {
    const std::string uri = "http://localhost:1234/" + fs::relative(file, remotes).string();
    const auto added = documents.add(uri, read(file));
    EXPECT_TRUE(added.has_value()) << file << ": " << added.error().detail;
  }
  return documents;
}

Tally Suite::run(Draft draft, const std::string& folder, bool assert_formats,
                 const std::vector<std::string>& left_out) const {
  const Documents known = documents();
  CompileOptions options;
  options.draft = draft;
  options.assert_formats = assert_formats;
  options.documents = &known;
  Tally tally;
  for (const SuiteGroup& group : groups(draft, folder)) {
    run_group(group, options, left_out, tally);
  }
  return tally;
}

}  // namespace penstock::schema::test
