#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "schema/schema.h"

namespace penstock::schema {

/// What is wrong with an instance that is no JSON, as `message` says: a violation of the keyword
/// "json".
Violation no_json(std::string message);

/// For tools: what is wrong with a text that is to be an instance, no_json included.
std::optional<Violation> judge(const Schema& schema, std::string_view instance);

/// {"valid":false,"errors":[{"instance_pointer","param","schema_path","keyword","expected","found",
/// "message"}]}, in one line; for nothing {"valid":true,"errors":[]}.
std::string to_json(const std::optional<Violation>& violation);

}  // namespace penstock::schema
