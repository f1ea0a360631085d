#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "penstock/config.h"

#include "interceptors/json_schema/rules.h"
#include "interceptors/json_schema/schema_reader.h"

namespace penstock::json_schema {

/// What rules may say differs between the two lists that they stand in.
enum class RuleKind { kRequest, kAlso };

/// A rule as it was read. For the routes that it is not for, `schemas` has nothing; a schema that
/// is absent holds the bodies to none.
struct ReadRule {
  std::vector<std::string> models;
  std::array<std::optional<std::shared_ptr<const schema::Schema>>, kRouteCount> schemas;
};

/// Reads a rule. It is `builtin` or `none` (kRequest only), or a map with one of
///
///   use: builtin     or none; kRequest only
///   file: PATH       a JSON Schema
///   schema: {...}    a JSON Schema, written as YAML
///
/// and, to narrow it,
///
///   routes: [...]    names of routes. Left out: of a schema of kRequest chat_completions, else
///                    the routes that have a built-in schema; of `none` all
///   models: [...]    as clients write them. Left out: all
///
/// nullopt: something is wrong, and was reported.
std::optional<ReadRule> read_rule(const config::Node& node, RuleKind kind, SchemaReader& schemas);

/// The rule that is read from `builtin`.
ReadRule builtin_rule(SchemaReader& schemas);

}  // namespace penstock::json_schema
