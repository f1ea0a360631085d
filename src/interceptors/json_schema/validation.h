#pragma once

#include <optional>
#include <string_view>

#include "penstock/result.h"

#include "json/document.h"
#include "schema/schema.h"
#include "schema/schema_cache.h"

namespace penstock::json_schema {

// Validation that holds no event loop up. What does not end within some milliseconds, which takes a
// hostile or a huge text, goes on on another thread while the fiber waits, and ends in two seconds.
// All of these may suspend, so what is thread_local is not held over them.

/// As Schema::validate.
std::optional<schema::Violation> validate(const schema::Schema& schema,
                                          const json::Document& instance);
/// Error: the text is no JSON.
Result<std::optional<schema::Violation>> validate_text(const schema::Schema& schema,
                                                       std::string_view text);

/// A schema that came with a request; one that the cache does not know is compiled on another
/// thread. Errors as SchemaCache::get.
Result<schema::SchemaCache::Pointer> compiled(schema::SchemaCache& cache, std::string_view text);

}  // namespace penstock::json_schema
