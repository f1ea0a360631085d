#pragma once

#include <string>

#include "penstock/config.h"

namespace penstock::json_schema {

/// A piece of configuration as JSON, for a schema that is written in YAML. What is written without
/// quotes is null, a boolean or a number where JSON has one of that spelling, else a text. Recurses
/// as deep as the configuration is nested, which its loader bounds.
std::string to_json(const config::Node& node);

}  // namespace penstock::json_schema
