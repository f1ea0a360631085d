#pragma once

#include <optional>

#include <nlohmann/json.hpp>

namespace penstock::schema::test {

/// What JSON Schema says, read off the standard keyword by keyword: no plan, no dispatch, no bounds
/// but one on its steps, every set of evaluated members in full. For comparison with Schema. It
/// shares nothing with it but the matching of patterns.
///
/// nullopt: it does not know. That is so for $id, anchors, dynamic references, references to other
/// documents and vocabularies; for numbers beyond 2^53 and for multipleOf with fractions; for
/// formats (never checked); where the schema is malformed; and after 200,000 steps.
std::optional<bool> slow_verdict(const nlohmann::json& schema, const nlohmann::json& instance);

}  // namespace penstock::schema::test
