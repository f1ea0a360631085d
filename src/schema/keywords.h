#pragma once

#include <cstdint>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/result.h"

#include "schema/pattern.h"
#include "schema/plan.h"
#include "schema/vocabulary.h"

namespace penstock::schema {

/// A schema object that is being compiled: its keywords, as its dialect knows them, and its place.
/// A view.
class Keywords {
 public:
  /// Error: a keyword that stands there twice. Keywords that the dialect does not have are read
  /// over, and noted in `warnings` unless that is null. `path` and `dialect` outlive this.
  static Result<Keywords> open(simdjson::dom::object object, const std::string& path,
                               const Dialect& dialect, std::vector<std::string>* warnings);

  std::optional<simdjson::dom::element> find(std::string_view keyword) const;
  bool has(std::string_view keyword) const { return find(keyword).has_value(); }
  /// True when nothing but $ref constrains, so that its target can stand in for it.
  bool only_refers() const;
  const Dialect& dialect() const noexcept { return *dialect_; }
  /// The path of a keyword, or of a member of its value.
  std::string path_of(std::string_view keyword) const;
  std::string path_of(std::string_view keyword, std::string_view member) const;
  Error error(std::string_view keyword, std::string_view what) const;

  // Typed access; the error names what stands there instead. Absent is nullopt.
  Result<std::optional<std::string_view>> text(std::string_view keyword) const;
  Result<std::optional<simdjson::dom::array>> list(std::string_view keyword) const;
  Result<std::optional<simdjson::dom::object>> map(std::string_view keyword) const;
  Result<std::optional<simdjson::dom::element>> number(std::string_view keyword) const;
  Result<bool> flag(std::string_view keyword) const;
  Result<SizeRange> sizes(std::string_view min_keyword, std::string_view max_keyword,
                          std::uint64_t min = 0) const;
  Result<std::vector<std::string_view>> texts(std::string_view keyword) const;
  Result<std::vector<std::string_view>> texts_of(std::string_view keyword,
                                                 simdjson::dom::element value) const;

 private:
  struct Entry {
    std::size_t keyword;  // in all_keywords()
    simdjson::dom::element value;
  };

  Keywords(const std::string& path, const Dialect& dialect) : path_(&path), dialect_(&dialect) {}
  Result<void> take(std::string_view name, simdjson::dom::element value,
                    std::vector<std::string>* warnings);
  void warn(std::string_view name, std::vector<std::string>& warnings) const;
  Result<std::uint64_t> count(std::string_view keyword, std::uint64_t fallback) const;

  const std::string* path_;
  const Dialect* dialect_;
  std::vector<Entry> entries_;
};

// The keywords that need no other schema.
Result<void> read_types(const Keywords& keywords, Node& node);
Result<void> read_values(const Keywords& keywords, Node& node);
Result<void> read_number_rules(const Keywords& keywords, Node& node);
Result<void> read_string_rules(const Keywords& keywords, Patterns& patterns, Node& node);

}  // namespace penstock::schema
