#pragma once

#include <simdjson.h>
#include <string>
#include <string_view>

#include "penstock/result.h"

namespace penstock::schema {

/// What a $ref means: a schema in the same document, and the JSON pointer to it.
struct Reference {
  simdjson::dom::element schema;
  std::string path;
};

/// Finds the target of "#" or "#/...", RFC 6901 section 6. Error (detail): a reference of another
/// form, or one that points to nothing.
Result<Reference> resolve(simdjson::dom::element root, std::string_view reference);

}  // namespace penstock::schema
