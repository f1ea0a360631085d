#pragma once

#include <cstdint>
#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <vector>

#include "penstock/result.h"

#include "schema/plan.h"

namespace penstock::schema {

/// A schema object that is being compiled: its keywords and its place. A view.
class Keywords {
 public:
  /// Error: a keyword that is not supported, or one that stands there twice. `path` outlives this;
  /// empty means the root, the only place for $id.
  static Result<Keywords> open(simdjson::dom::object object, const std::string& path);

  std::optional<simdjson::dom::element> find(std::string_view keyword) const;
  bool has(std::string_view keyword) const { return find(keyword).has_value(); }
  /// The JSON pointer to a keyword, or to a member of its value.
  std::string path_of(std::string_view keyword) const;
  std::string path_of(std::string_view keyword, std::string_view member) const;
  Error error(std::string_view keyword, std::string_view what) const;

  // Typed access; the error names what stands there instead. Absent is nullopt.
  Result<std::optional<std::string_view>> text(std::string_view keyword) const;
  Result<std::optional<simdjson::dom::array>> list(std::string_view keyword) const;
  Result<std::optional<simdjson::dom::object>> map(std::string_view keyword) const;
  Result<std::optional<simdjson::dom::element>> number(std::string_view keyword) const;
  Result<SizeRange> sizes(std::string_view min_keyword, std::string_view max_keyword) const;
  Result<std::vector<std::string_view>> texts(std::string_view keyword) const;

 private:
  Keywords(simdjson::dom::object object, const std::string& path) : object_(object), path_(&path) {}
  Result<std::uint64_t> count(std::string_view keyword, std::uint64_t fallback) const;

  simdjson::dom::object object_;
  const std::string* path_;
};

/// True when nothing but $ref constrains, so that its target can stand in for it.
bool is_pure_reference(simdjson::dom::object schema);

// The keywords that need no other schema.
Result<void> read_types(const Keywords& keywords, Node& node);
Result<void> read_values(const Keywords& keywords, Node& node);
Result<void> read_number_rules(const Keywords& keywords, Node& node);
Result<void> read_string_rules(const Keywords& keywords, Node& node);

}  // namespace penstock::schema
