#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "penstock/result.h"

#include "json/document.h"
#include "schema/schema_cache.h"

namespace penstock::json_schema {

/// What a chat request wants of the texts that the model writes.
struct Expectations {
  using SchemaPointer = schema::SchemaCache::Pointer;
  struct Tool {
    std::string name;
    SchemaPointer parameters;
  };

  SchemaPointer content;    // null: any text
  std::vector<Tool> tools;  // functions that may be called; empty: calls are not looked at

  bool empty() const noexcept { return content == nullptr && tools.empty(); }
  /// Null: there is no such tool.
  const schema::CompiledSchema* find_tool(std::string_view name) const noexcept;
};

/// Reads `response_format`, `tools` and the legacy `functions`. Members of other shapes than those
/// of the API are read over: the request's own schema is there for them.
///
/// Errors: 400 for a schema that cannot be used, with `param` response_format.json_schema.schema,
/// tools[i].function.parameters or functions[i].parameters and the place in the message. May
/// suspend, see validation.h.
Result<Expectations> read_expectations(const json::Document& request, schema::SchemaCache& cache);

}  // namespace penstock::json_schema
