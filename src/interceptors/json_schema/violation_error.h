#pragma once

#include "penstock/error.h"

#include "schema/schema.h"

namespace penstock::json_schema {

/// The 400 that tells a client of a violation, with the codes that OpenAI's clients know: `param`
/// is the path of the field, the message names it and says what was expected and what was found.
Error to_error(const schema::Violation& violation);

}  // namespace penstock::json_schema
