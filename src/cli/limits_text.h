#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace penstock::cli {

/// The answer of GET /v1/limits as a table for a person: a row for each subject of a limit; a limit
/// that nobody has used yet has all of it left. Tolerant as status_text() is.
std::string limits_text(const nlohmann::json& report);

}  // namespace penstock::cli
