#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "schema/schema.h"

namespace penstock::schema::test {

struct Tally {
  int agreed = 0;
  int left_out = 0;
  std::vector<std::string> faults;  // "file: schema: test: what was wrong"
};

/// A schema of the suite with its instances.
struct SuiteGroup {
  std::string name;    // "file: schema"
  std::string schema;  // as it is spelled
  struct Case {
    std::string name;
    std::string instance;
    bool valid;
  };
  std::vector<Case> cases;
};

/// The official JSON-Schema-Test-Suite: from the folder that PENSTOCK_CORPORA names, else from the
/// Debian package that scripts/test unpacks into build/.
class Suite {
 public:
  /// nullopt: there is none.
  static std::optional<Suite> find();

  /// `folder`: required, optional or optional-format.
  std::vector<SuiteGroup> groups(Draft draft, const std::string& folder) const;
  /// What $ref may reach there.
  Documents documents() const;
  Tally run(Draft draft, const std::string& folder, bool assert_formats,
            const std::vector<std::string>& left_out) const;

 private:
  std::filesystem::path folder_of(Draft draft, const std::string& folder) const;

  std::filesystem::path root_;
  bool corpora_ = false;
};

}  // namespace penstock::schema::test
